"""Following deliveries with milestones, and bringing days to mind."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.kernel.jobs import Job
from reintegration.plans.services import milestones


def _move(session: Session, now: datetime) -> str | None:
    moved = milestones.follow_deliveries(session, now=now)
    return f"{moved} services followed" if moved else None


def _remind(session: Session, now: datetime) -> str | None:
    count = milestones.remind(session, now=now)
    return f"{count} steps and reviews near or late" if count else None


MOVE_MILESTONES = Job("plans.move_milestones", timedelta(seconds=5), _move)
REMIND_MILESTONES = Job("plans.remind_milestones", timedelta(days=1), _remind)
