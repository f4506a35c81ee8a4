"""Documents and approvals that end: reminded of, and swept."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from providers.vetting.services import expiry
from reintegration.kernel.jobs import Job


def _remind(session: Session, now: datetime) -> str | None:
    count = expiry.remind_documents(session, now=now)
    return f"{count} documents reminded" if count else None


def _expire_offerings(session: Session, now: datetime) -> str | None:
    count = expiry.expire_offerings(session, now=now)
    return f"{count} offerings expired" if count else None


JOBS = (
    Job("providers.remind_documents", timedelta(days=1), _remind),
    Job("providers.expire_offerings", timedelta(hours=1), _expire_offerings),
)
