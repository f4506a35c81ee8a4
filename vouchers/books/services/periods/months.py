"""Which months the books have, and whether anything may still be posted in one."""

from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id
from vouchers.books.models import AccountingPeriod, LedgerEntry
from vouchers.books.models.periods import next_month
from vouchers.books.states import NOTHING_POSTED, PeriodState


def add_months(session: Session, now: datetime) -> str | None:
    """Add the months that the books have and nobody listed yet; the job calls it each hour.

    They go from that of the first entry to the present one, without a gap.
    """
    first = session.scalar(select(func.min(LedgerEntry.posted_on)))
    if first is None:
        return None
    month, missing = first.replace(day=1), []
    known = set(session.scalars(select(AccountingPeriod.month)))
    while month <= local_day(now):
        if month not in known:
            missing.append(month)
        month = next_month(month)
    if not missing:
        return None
    rows = [
        {"id": new_id(), "month": one, "state": PeriodState.OPEN, "reopen_reason": ""}
        for one in missing
    ]
    session.execute(insert(AccountingPeriod).on_conflict_do_nothing(), rows)
    return f"{len(missing)} months"


def closed_through(session: Session) -> date | None:
    """Return the last day in which nothing is posted any more, or None."""
    last = session.scalars(
        select(AccountingPeriod)
        .where(AccountingPeriod.state.in_(NOTHING_POSTED))
        .order_by(AccountingPeriod.month.desc())
        .limit(1)
    ).first()
    return last.last_day if last else None


def refuse_closed(session: Session, day: date) -> None:
    """Raise Conflict for a day that a person chose, of a month that is closed or before one.

    What has a day of its own, a delivery or a line of the bank, is never asked: it counts from the
    day on which it is posted, and stands on the cut-off list of its month.
    """
    closed = closed_through(session)
    if closed is not None and day <= closed:
        raise closed_through_said(closed)


def closed_through_said(closed: date, *, field: str | None = None) -> Conflict:
    """Return the refusal of a day in a closed month: what to do, and until when it holds."""
    return Conflict(
        N_(
            "The books are closed through %(closed)s. Choose a later day, or have the month"
            " opened again."
        ),
        code="period_closed",
        field=field,
        closed=closed,
    )


def lock_alone(session: Session, month: date) -> None:
    """Wait until nothing is being posted in a month or before it, and let nothing begin.

    Who posts holds the same lock together with all others who do (`punte_lock_month`); the present
    month's is another one, so nobody at a desk waits for a month that is being closed.
    """
    session.execute(text("SELECT punte_lock_month(:month, true)"), {"month": month})
