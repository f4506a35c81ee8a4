"""The checklist of a month: computed, never ticked by hand.

What the books know themselves stands here; floors above add what they know (`checks_of_month`).
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.clock import local_day, start_of
from reintegration.kernel.errors import N_
from vouchers.books.models import AccountingPeriod
from vouchers.books.models.periods import next_month
from vouchers.books.queries.journal import last_runs
from vouchers.books.queries.month_checks import Check, checks_of_month
from vouchers.books.services.laws import SWEEP_JOB
from vouchers.books.states import NOTHING_POSTED

_LEDGER, _PERIODS = "/ledger/balances", "/ledger/periods/"


def checks_of(session: Session, period: AccountingPeriod, *, now: datetime) -> list[Check]:
    """Return every check of a month, in order."""
    own = [_is_over(period, now), _earlier(session, period), _laws(session, period.month)]
    above = checks_of_month(session, period.month, period.last_day)
    return sorted([*own, *above], key=lambda one: (one.order, one.code))


def _is_over(period: AccountingPeriod, now: datetime) -> Check:
    is_open = local_day(now) <= period.last_day
    says = N_("It ends on %(day)s.") if is_open else N_("It ended on %(day)s.")
    return Check("over", 10, N_("The month is over"), True, is_open, says, {"day": period.last_day})


def _earlier(session: Session, period: AccountingPeriod) -> Check:
    months = session.scalars(
        select(AccountingPeriod.month)
        .where(AccountingPeriod.month < period.month, AccountingPeriod.state.not_in(NOTHING_POSTED))
        .order_by(AccountingPeriod.month)
    ).all()
    says, values = N_("No earlier month is open."), {}
    if months:
        says, values = (
            N_("Still open, since %(day)s: %(count)s."),
            {"day": months[0], "count": len(months)},
        )
    title = N_("All earlier months are closed")
    return Check("earlier", 20, title, True, bool(months), says, values, _PERIODS)


def _laws(session: Session, month: date) -> Check:
    """The last full check of the books found nothing, and it ran after the month."""
    title, over = N_("The laws of the books hold"), start_of(next_month(month))
    run = next(iter(last_runs(session, SWEEP_JOB)), None)
    if run is None or run.finished_at is None or run.slot < over:
        says = N_("All of the books were not checked yet since the month ended: wait a day.")
        return Check("laws", 30, title, True, True, says, link=_LEDGER)
    if run.outcome:
        says = N_("The last full check found a fault.")
        return Check("laws", 30, title, True, True, says, link=_LEDGER)
    says, values = N_("All of the books were checked on %(day)s."), {"day": run.finished_at}
    return Check("laws", 30, title, True, False, says, values, _LEDGER)
