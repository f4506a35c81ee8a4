"""What the pages of batches and orders show of the bank's answers."""

from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import instant
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank_answers as queries
from vouchers.bank.states import OrderAnswerState
from vouchers.bank.views import answer_text as words
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import BatchState
from vouchers.payments.views.order_story import Step


def card(*, batch: PaymentBatch) -> str:
    """Return what the bank answered to a batch that left, and the way to read an answer."""
    if rails.of(batch.rail).service or batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        return ""
    return slots.part(
        "vouchers/bank/_answers_card.html",
        answers=queries.of_batch(session(), current_actor(), batch.id),
        status=words.status,
        P=BankPermission,
    )


def steps(*, order: PaymentOrder) -> list[Step]:
    """Return what the bank answered to an order, between its release and its payment."""
    found = queries.of_order(session(), current_actor(), order.id)
    told = []
    for one in found:
        word = words.status(one.status)
        text = ". ".join(
            filter(None, (instant(one.answer.imported_at), words.reasons(one.reasons)))
        )
        tone = "grey" if one.state == OrderAnswerState.DISCARDED else word.tone
        told.append(Step(word.word, tone, text))
    return told


def failure(*, order: PaymentOrder) -> list[str]:
    """Return why a bank did not pay an order, in words."""
    if rails.of(order.batch.rail).service or not order.failure:
        return []
    return [words.failure(order.failure)]
