"""What is under way at the end of a month: claims not paid yet, payments without an answer."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded
from reintegration.kernel.clock import start_of
from reintegration.kernel.errors import N_
from vouchers.books.models.periods import next_month
from vouchers.books.queries.month_checks import Check
from vouchers.payments.models import Claim, PaymentBatch, PaymentOrder
from vouchers.payments.states import ClaimState, OrderState

_UNDER_WAY = (ClaimState.SUBMITTED, ClaimState.DISPUTED, ClaimState.CHECKED)


def checks(session: Session, first: date, last: date) -> list[Check]:
    """Return the checks of claims and payments for the month from `first` to `last`."""
    del last
    over = start_of(next_month(first))
    claims = bounded.count(
        session, select(Claim).where(Claim.state.in_(_UNDER_WAY), Claim.submitted_at < over)
    )
    orders = bounded.count(
        session,
        select(PaymentOrder.id)
        .join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
        .where(PaymentOrder.state == OrderState.RELEASED, PaymentBatch.released_at < over),
    )
    said = N_("Sent before its end and not in a payment yet: %(count)s.") if claims else _NONE
    sent = N_("Released before its end, without an answer of the bank: %(count)s.")
    return [
        Check(
            "claims",
            70,
            N_("No claim is under way"),
            False,
            bool(claims),
            said,
            {"count": claims},
            "/claims/?show=check",
        ),
        Check(
            "orders",
            80,
            N_("No payment is under way"),
            False,
            bool(orders),
            sent if orders else _NONE,
            {"count": orders},
            "/batches/?show=released",
        ),
    ]


_NONE = N_("None at its end.")
