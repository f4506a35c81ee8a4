"""The nights, days or months that a voucher stands for: nobody is paid twice for one of them.

An open voucher stands for all days between its first and its last, because its units may be used
on any of them; one that has ended only for those up to its last delivery. A trigger of the database
(`days_of_voucher`) holds the same.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_, Conflict
from reintegration.plans.models import PlanLine
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services.elapsed import SPAN
from vouchers.voucher.states import NOT_ISSUED, OPEN_STATES, RedemptionState


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to, and without, `ends`."""

    first: date
    ends: date


@dataclass(frozen=True, slots=True)
class Taken:
    """A voucher that stands for some of these days, and the day from which on it does not."""

    reference: str
    ends: date


def span(unit: str, first: date, last: date) -> Span | None:
    """Return what a voucher of `unit` stands for; None when its units take no days.

    The night of its last day is not one of them: that is the day on which the person leaves.
    """
    if unit not in SPAN:
        return None
    return Span(first, last if unit == Unit.NIGHT else last + timedelta(days=1))


def refuse_taken(session: Session, line: PlanLine, first: date, last: date) -> None:
    """Raise Conflict when another voucher stands for some of these days.

    The case is locked: no two are made at once.
    """
    wanted = span(line.unit, first, last)
    if wanted is None:
        return
    taken = _first_taken(session, wanted, *_beside(line.case_id, line.id, line.unit))
    if taken is not None:
        raise Conflict(
            N_(
                "Voucher %(voucher)s stands for some of these days, and none is paid twice. Begin"
                " on %(day)s or later, or cancel what is left of it."
            ),
            code="days_taken",
            field="valid_from",
            voucher=taken.reference,
            day=taken.ends,
        )


def free_from(session: Session, line: PlanLine, first: date) -> date:
    """Return the first day, not before `first`, from which on no voucher stands for any."""
    if line.unit not in SPAN:
        return first
    last = session.scalar(select(func.max(_ENDS)).where(*_beside(line.case_id, line.id, line.unit)))
    return max(first, last) if last else first


def is_taken_meanwhile(session: Session, voucher: Voucher) -> bool:
    """Whether another voucher stands for days of this one, which had ended."""
    wanted = span(voucher.unit, voucher.valid_from, voucher.valid_until)
    if wanted is None:
        return False
    beside = _beside(voucher.case_id, voucher.plan_line_id, voucher.unit)
    return _first_taken(session, wanted, *beside, Voucher.id != voucher.id) is not None


def _beside(case_id: UUID, line_id: UUID, unit: str) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of the vouchers whose days are compared.

    Those of one planned service are, and all of a person's nights: nobody sleeps twice.
    """
    same = Voucher.plan_line_id == line_id
    if unit == Unit.NIGHT:
        same |= Voucher.unit == Unit.NIGHT
    return Voucher.case_id == case_id, same, Voucher.unit.in_(SPAN)


_LAST = case(
    (Voucher.state.in_(OPEN_STATES | NOT_ISSUED), Voucher.valid_until),
    else_=select(func.max(Redemption.delivered_on))
    .where(
        Redemption.voucher_id == Voucher.id,
        Redemption.state.in_((RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)),
    )
    .correlate(Voucher)
    .scalar_subquery(),
)
_ENDS = case((Voucher.unit == Unit.NIGHT, _LAST), else_=_LAST + 1)
"""The day from which on a voucher does not stand for days; none when it never did."""


def _first_taken(session: Session, wanted: Span, *beside: ColumnElement[bool]) -> Taken | None:
    """Return the earliest voucher that stands for wanted days."""
    found = session.execute(
        select(Voucher.reference, _ENDS.label("ends"))
        .where(*beside, Voucher.valid_from < wanted.ends, wanted.first < _ENDS)
        .order_by(Voucher.valid_from, Voucher.id)
        .limit(1)
    ).one_or_none()
    return Taken(found.reference, found.ends) if found else None
