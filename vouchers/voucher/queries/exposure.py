"""What is open or promised on a plan line or in a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.plans.models import PlanLine
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.states import (
    NOT_ISSUED,
    OPEN_STATES,
    RedemptionState,
    VoucherKind,
    VoucherState,
)


@dataclass(frozen=True, slots=True)
class OpenVoucher:
    """A voucher that is not finished: `left` is what it holds, `waiting` what is unconfirmed."""

    reference: str
    state: VoucherState
    left: Money
    waiting: Money


def promised_on(session: Session, line: PlanLine) -> list[Money]:
    """Return what vouchers of a line hold and what was delivered on them, in its currency."""
    delivered = (
        select(Redemption.voucher_id, func.sum(Redemption.amount_minor).label("minor"))
        .where(Redemption.state == RedemptionState.ACCEPTED)
        .group_by(Redemption.voucher_id)
        .subquery()
    )
    held_and_delivered = func.sum(Voucher.amount_left_minor + func.coalesce(delivered.c.minor, 0))
    sums = session.scalars(
        select(InMoney("sum", held_and_delivered, Voucher.currency))
        .outerjoin(delivered, delivered.c.voucher_id == Voucher.id)
        .where(Voucher.plan_line_id == line.id, Voucher.currency == line.currency)
        .group_by(Voucher.currency)
    )
    return list(sums)


def units_promised_on(session: Session, line: PlanLine) -> int:
    """Return how many units of a line are on vouchers or delivered."""
    held = session.scalar(
        select(func.coalesce(func.sum(Voucher.units_left), 0)).where(
            Voucher.plan_line_id == line.id, Voucher.kind == VoucherKind.SERVICE_UNITS
        )
    )
    return int(held or 0) + (line.delivery.units if line.delivery else 0)


def open_vouchers(
    session: Session, *, case_id: UUID | None = None, plan_line_id: UUID | None = None
) -> Sequence[OpenVoucher]:
    """Return what is drafted, open, or waits for a confirmation, in a case or on a line."""
    unfinished = Voucher.state.in_([*(OPEN_STATES | NOT_ISSUED)])
    statement = select(Voucher).where(unfinished | (Voucher.amount_pending_minor > 0))
    if case_id is not None:
        statement = statement.where(Voucher.case_id == case_id)
    if plan_line_id is not None:
        statement = statement.where(Voucher.plan_line_id == plan_line_id)
    return [
        OpenVoucher(voucher.reference, voucher.state, voucher.amount_left, voucher.amount_pending)
        for voucher in session.scalars(statement.order_by(Voucher.created_at))
    ]


def held() -> ColumnElement[int]:
    """Return what a voucher still holds; a closed one holds what waits for confirmation."""
    is_open = Voucher.state.in_(OPEN_STATES)
    return case((is_open, Voucher.amount_left_minor), else_=Voucher.amount_pending_minor)
