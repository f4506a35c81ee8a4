"""Requests that nobody answered in time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from providers.referrals.services import stops
from reintegration.kernel.jobs import Job


def _expire_referrals(session: Session, now: datetime) -> str | None:
    count = stops.expire_referrals(session, now=now)
    return f"{count} referrals expired" if count else None


EXPIRE_REFERRALS = Job("providers.expire_referrals", timedelta(minutes=10), _expire_referrals)
