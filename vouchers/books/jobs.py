"""The scheduled checks of the books: silence means that they are sound."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import at_work
from reintegration.accounts.services.inbox import notify
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_
from reintegration.kernel.jobs import Job
from vouchers.books.services import settling
from vouchers.books.services.laws import CHECK_JOB, SWEEP_JOB, Broken, broken
from vouchers.books.services.periods.months import add_months
from vouchers.books.services.settling import Marks


def check(session: Session, now: datetime) -> str | None:
    """Check what is new since the last check that found nothing."""
    return _checked(session, now, settling.marks(session))


def sweep(session: Session, now: datetime) -> str | None:
    """Check everything: what was damaged below the marks is found too."""
    return _checked(session, now, None)


def _checked(session: Session, now: datetime, since: Marks | None) -> str | None:
    seen = settling.horizons(session)
    found = broken(session, since)
    if found:
        _tell(session, found, now)
        return "; ".join(str(failure) for failure in found)
    settling.settle(session, seen, now=now)
    return None


def _tell(session: Session, found: list[Broken], now: datetime) -> None:
    """Tell the finance approvers, once a day and law, which laws of the books do not hold."""
    approvers = [user.id for user in session.scalars(at_work(Role.FINANCE_APPROVER)).unique()]
    for failure in found:
        notify(
            session,
            approvers,
            key=f"ledger|{failure.law.name}|{local_day(now).isoformat()}",
            message=N_(
                "The books do not agree (%(law)s). Stop payments and call whoever runs the system."
            ),
            now=now,
            link="/ledger/balances",
            law=failure.law.name,
        )


LEDGER_CHECK = Job(CHECK_JOB, timedelta(minutes=10), check)
ADD_MONTHS = Job("ledger.add_months", timedelta(hours=1), add_months)
LEDGER_SWEEP = Job(SWEEP_JOB, timedelta(days=1), sweep)
