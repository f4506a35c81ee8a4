"""What the rulebook does by itself."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.kernel.jobs import Job
from reintegration.rulebook.services import deciding


def _lapse(session: Session, now: datetime) -> str | None:
    missed = deciding.lapse(session, now=now)
    return f"{missed} proposals were not approved in time" if missed else None


LAPSE = Job("rulebook.lapse", timedelta(hours=6), _lapse)
