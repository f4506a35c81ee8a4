"""What the money of a plan did: for the case manager, who sees vouchers and never payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.db import acting_as_system
from reintegration.kernel.money import Money
from reintegration.plans.queries.from_above import LineMoney
from vouchers.models import Claim, ClaimLine, PaymentOrder, Redemption, Voucher
from vouchers.states import OPEN_STATES, ClaimLineState, OrderState, RedemptionState, VoucherState

_LIVE_ORDERS = (OrderState.RELEASED.value, OrderState.SETTLED.value)
_NOT_ISSUED = (VoucherState.DRAFT.value, VoucherState.APPROVED.value)


@dataclass(frozen=True, slots=True)
class OpenVoucher:
    """A voucher that is not finished: `left` is what it holds, `waiting` what is unconfirmed."""

    reference: str
    state: VoucherState
    left: Money
    waiting: Money


def money_of_case(session: Session, case_id: UUID) -> list[LineMoney]:
    """Return paid, delivered and committed of each plan line that has vouchers.

    Whether a delivery is paid stands on rows that case people may not see; only these sums of
    their own case leave the step that looks.
    """
    done = _delivered()
    statement = (
        select(
            Voucher.plan_line_id,
            Voucher.currency,
            func.coalesce(func.sum(done.c.paid), 0),
            func.coalesce(func.sum(done.c.unpaid), 0),
            func.coalesce(func.sum(_held()), 0),
        )
        .outerjoin(done, done.c.voucher_id == Voucher.id)
        .where(Voucher.case_id == case_id, Voucher.state.not_in(_NOT_ISSUED))
        .group_by(Voucher.plan_line_id, Voucher.currency)
    )
    if not session.scalar(select(Voucher.id).where(Voucher.case_id == case_id).limit(1)):
        return []  # nothing there, or nothing that this actor may see
    with acting_as_system(session):
        rows = session.execute(statement).all()
    return [
        LineMoney(
            plan_line_id=line_id,
            paid=Money(int(paid), currency),
            delivered=Money(int(unpaid), currency),
            committed=Money(int(held), currency),
        )
        for line_id, currency, paid, unpaid, held in rows
    ]


def promised_on(session: Session, plan_line_id: UUID) -> list[Money]:
    """Return what vouchers of a line hold and what was delivered on them, per currency."""
    delivered = (
        select(Redemption.voucher_id, func.sum(Redemption.amount_minor).label("minor"))
        .where(Redemption.state == RedemptionState.ACCEPTED.value)
        .group_by(Redemption.voucher_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Voucher.currency,
            func.sum(Voucher.amount_left_minor + func.coalesce(delivered.c.minor, 0)),
        )
        .outerjoin(delivered, delivered.c.voucher_id == Voucher.id)
        .where(Voucher.plan_line_id == plan_line_id)
        .group_by(Voucher.currency)
    )
    return [Money(int(minor), currency) for currency, minor in rows]


def open_vouchers(
    session: Session, *, case_id: UUID | None = None, plan_line_id: UUID | None = None
) -> Sequence[OpenVoucher]:
    """Return what is drafted, open, or waits for a confirmation, in a case or on a line."""
    unfinished = Voucher.state.in_([*(state.value for state in OPEN_STATES), *_NOT_ISSUED])
    statement = select(Voucher).where(unfinished | (Voucher.amount_pending_minor > 0))
    if case_id is not None:
        statement = statement.where(Voucher.case_id == case_id)
    if plan_line_id is not None:
        statement = statement.where(Voucher.plan_line_id == plan_line_id)
    return [
        OpenVoucher(
            voucher.reference,
            VoucherState(voucher.state),
            voucher.amount_left,
            Money(voucher.amount_pending_minor, voucher.currency),
        )
        for voucher in session.scalars(statement.order_by(Voucher.created_at))
    ]


def _held() -> ColumnElement[int]:
    """Return what a voucher still holds; a closed one holds what waits for confirmation."""
    is_open = Voucher.state.in_([state.value for state in OPEN_STATES])
    return case((is_open, Voucher.amount_left_minor), else_=Voucher.amount_pending_minor)


def _delivered() -> Subquery:
    """Return per voucher what was delivered: `paid` is in a live order, `unpaid` is not yet."""
    paid: Any = (
        select(ClaimLine.id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(PaymentOrder, PaymentOrder.id == Claim.payment_order_id)
        .where(
            ClaimLine.redemption_id == Redemption.id,
            ClaimLine.state != ClaimLineState.REFUSED.value,
            PaymentOrder.state.in_(_LIVE_ORDERS),
        )
        .exists()
    )
    amount = Redemption.amount_minor
    return (
        select(
            Redemption.voucher_id,
            func.sum(case((paid, amount), else_=0)).label("paid"),
            func.sum(case((paid, 0), else_=amount)).label("unpaid"),
        )
        .where(Redemption.state == RedemptionState.ACCEPTED.value)
        .group_by(Redemption.voucher_id)
        .subquery()
    )
