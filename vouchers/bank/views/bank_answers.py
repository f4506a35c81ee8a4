"""What the bank answered to a file of payments: each order, and what a person decides."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked, asked_why
from vouchers.bank.models import BankAnswer, OrderAnswer
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank_answers as queries
from vouchers.bank.services import bank_answers
from vouchers.bank.views import answer_text as words
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.payments.forms.claims import ReasonForm


def _answer(answer_id: UUID) -> BankAnswer:
    return queries.answer_or_404(session(), current_actor(), answer_id)


def _order_answer(order_answer_id: UUID) -> OrderAnswer:
    return queries.order_answer_or_404(session(), current_actor(), order_answer_id)


@bp.page("/answers/<uuid:answer_id>", BankPermission.LIST, load=_answer)
def answer(answer: BankAnswer) -> ResponseReturnValue:
    """Show what an answer says of each order."""
    waiting = parameters.is_on("waiting")
    page = queries.orders_page(session(), answer, waiting=waiting, cursor=parameters.cursor())
    return render_template(
        "vouchers/bank/answer.html",
        answer=answer,
        page=page,
        waiting=waiting,
        counts=queries.counts(session(), answer),
        confirmable=queries.to_confirm(session(), answer),
        can_fail=bank_answers.can_fail,
        people=names_of(session(), [answer.imported_by]),
        status=words.status,
        reasons=words.reasons,
        given=parameters.those("waiting") | {"answer_id": answer.id},
        P=BankPermission,
    )


@bp.form("/answers/<uuid:answer_id>/confirm", BankPermission.ANSWER, load=_answer)
def answer_confirm(answer: BankAnswer) -> Asking:
    """Fail every order of an answer that waits for a person."""
    ids = queries.to_confirm(session(), answer)
    yield asked("vouchers/bank/answer_confirm.html", answer=answer, one=None, count=len(ids))
    return _confirmed(answer, ids)


@bp.form(
    "/answers/orders/<uuid:order_answer_id>/confirm", BankPermission.ANSWER, load=_order_answer
)
def order_answer_confirm(order_answer: OrderAnswer) -> Asking:
    """Fail one order that waits for a person."""
    answer = order_answer.answer
    yield asked("vouchers/bank/answer_confirm.html", answer=answer, one=order_answer, count=1)
    return _confirmed(answer, [order_answer.id])


@bp.form(
    "/answers/orders/<uuid:order_answer_id>/discard", BankPermission.ANSWER, load=_order_answer
)
def order_answer_discard(order_answer: OrderAnswer) -> Asking:
    """Leave an order as it stands."""
    page = "vouchers/bank/answer_discard.html"
    reason = yield from asked_why(page, ReasonForm(), one=order_answer)
    bank_answers.discard(session(), order_answer, reason=reason, **acting())
    return _back(order_answer.answer, _("The order stays as it was."))


def _confirmed(answer: BankAnswer, ids: Sequence[UUID]) -> Next:
    count = bank_answers.confirm(session(), answer, ids=list(ids), **acting())
    said = ngettext(
        "%(num)s order failed. Its claims can be paid again.",
        "%(num)s orders failed. Their claims can be paid again.",
        count,
    )
    return _back(answer, said)


def _back(answer: BankAnswer, said: str) -> Next:
    return Next(url_for(".answer", answer_id=answer.id), said)
