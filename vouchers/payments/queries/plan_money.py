"""What the money of a plan did: for the case manager, who sees vouchers and never payments."""

from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.db import acting_as_system
from reintegration.kernel.money_columns import InMoney
from reintegration.plans.queries.provision import LineMoney
from vouchers.payments.models import Claim, ClaimLine, PaymentOrder
from vouchers.payments.states import ClaimLineState, OrderState
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.queries.exposure import held
from vouchers.voucher.states import NOT_ISSUED, RedemptionState

_LIVE_ORDERS = (OrderState.RELEASED, OrderState.SETTLED)


def money_of_case(session: Session, case_id: UUID) -> list[LineMoney]:
    """Return paid, delivered and committed of each plan line that has vouchers.

    Whether a delivery is paid stands on rows that case people may not see; only these sums of
    their own case leave the step that looks.
    """
    done = _delivered(case_id)
    statement = (
        select(
            Voucher.plan_line_id,
            InMoney("paid", func.sum(done.c.paid), Voucher.currency),
            InMoney("delivered", func.sum(done.c.unpaid), Voucher.currency),
            InMoney("committed", func.sum(held()), Voucher.currency),
        )
        .outerjoin(done, done.c.voucher_id == Voucher.id)
        .where(Voucher.case_id == case_id, Voucher.state.not_in(NOT_ISSUED))
        .group_by(Voucher.plan_line_id, Voucher.currency)
    )
    if not session.scalar(select(Voucher.id).where(Voucher.case_id == case_id).limit(1)):
        return []  # nothing there, or nothing that this actor may see
    with acting_as_system(session):
        return [LineMoney(*row) for row in session.execute(statement)]


def _delivered(case_id: UUID) -> Subquery:
    """Return per voucher of a case what was delivered: `paid` in a live order, `unpaid` not yet."""
    paid: Any = (
        select(ClaimLine.id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(PaymentOrder, PaymentOrder.id == Claim.payment_order_id)
        .where(
            ClaimLine.redemption_id == Redemption.id,
            ClaimLine.state != ClaimLineState.REFUSED,
            PaymentOrder.state.in_(_LIVE_ORDERS),
        )
        .exists()
    )
    amount = Redemption.amount_minor
    of_case = select(Voucher.id).where(Voucher.case_id == case_id)
    return (
        select(
            Redemption.voucher_id,
            func.sum(case((paid, amount), else_=0)).label("paid"),
            func.sum(case((paid, 0), else_=amount)).label("unpaid"),
        )
        .where(Redemption.state == RedemptionState.ACCEPTED, Redemption.voucher_id.in_(of_case))
        .group_by(Redemption.voucher_id)
        .subquery()
    )
