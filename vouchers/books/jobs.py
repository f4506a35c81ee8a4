"""The scheduled check of the books: silence means that they are sound."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import at_work
from reintegration.accounts.services.inbox import notify
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_
from reintegration.kernel.jobs import Job
from vouchers.books.services.laws import CHECK_JOB, broken


def check(session: Session, now: datetime) -> str | None:
    """Tell the finance approvers, once a day and law, which laws of the books do not hold."""
    found = broken(session)
    if not found:
        return None
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
    return "; ".join(str(failure) for failure in found)


LEDGER_CHECK = Job(CHECK_JOB, timedelta(minutes=10), check)
