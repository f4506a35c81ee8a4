"""What was paid for the deliveries of a case: the sum and when, and nothing of whom it went to."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.queries.cases import Happening
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.states import StateEvent
from vouchers.payments.models import Claim, ClaimLine, PaymentOrder
from vouchers.payments.states import ClaimLineState, OrderState
from vouchers.voucher.models import Redemption, Voucher

PAID = "payment_order:settle"


def payments_of(session: Session, case: CaseFile, limit: int) -> list[Happening]:
    """Return the newest payments, each with what it paid of this case alone.

    Payments stand on rows that case people may not see; only these sums leave the step that looks.
    """
    if not session.scalar(select(Voucher.id).where(Voucher.case_id == case.id).limit(1)):
        return []  # nothing there, or nothing that this actor may see
    settled: Any = (
        select(
            StateEvent.at, InMoney("paid", func.sum(Redemption.amount_minor), Redemption.currency)
        )
        .select_from(Voucher)
        .join(Redemption, Redemption.voucher_id == Voucher.id)
        .join(ClaimLine, ClaimLine.redemption_id == Redemption.id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(PaymentOrder, PaymentOrder.id == Claim.payment_order_id)
        .join(StateEvent, StateEvent.aggregate_id == PaymentOrder.id)
        .where(
            Voucher.case_id == case.id,
            ClaimLine.state != ClaimLineState.REFUSED,
            PaymentOrder.state == OrderState.SETTLED,
            StateEvent.aggregate == "payment_order",
            StateEvent.move == "settle",
        )
        .group_by(PaymentOrder.id, StateEvent.at, Redemption.currency)
        .order_by(StateEvent.at.desc())
        .limit(limit)
    )
    with acting_as_system(session):
        return [Happening(row.at, PAID, "", None, (), row.paid) for row in session.execute(settled)]
