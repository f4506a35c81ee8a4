"""Reminding: an emergency start waits for a second person, and its time runs out."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.services.team import supervisors
from reintegration.cases.services.telling import tell
from reintegration.kernel import clock
from reintegration.kernel.errors import N_
from reintegration.kernel.jobs import Job
from reintegration.plans.models import EmergencyStart
from reintegration.plans.states import EMERGENCY_ALLOWANCE, EmergencyState


def remind(session: Session, now: datetime) -> str | None:
    """Tell supervisors ahead, and the worker too when the time is over; each message once."""
    rows = session.execute(
        select(EmergencyStart, CaseFile)
        .join(CaseFile, CaseFile.id == EmergencyStart.case_id)
        .where(EmergencyStart.state == EmergencyState.PENDING)
        .order_by(EmergencyStart.ratify_by)
    )
    count = 0
    for started, case in rows:
        allowance = EMERGENCY_ALLOWANCE.on(clock.local_day(started.started_at))
        if now - started.started_at < allowance.remind_after:
            continue
        _remind(session, started, case, now, overdue=now >= started.ratify_by)
        count += 1
    return f"{count} emergency starts wait" if count else None


def _remind(
    session: Session, started: EmergencyStart, case: CaseFile, now: datetime, *, overdue: bool
) -> None:
    told = set(supervisors(case, now)) | ({started.started_by} if overdue else set())
    key = f"emergency|{started.id}|{'overdue' if overdue else 'due'}"
    message = (
        N_("The emergency help in case %(code)s is past its time to be decided.")
        if overdue
        else N_("The emergency help in case %(code)s must be decided within a day.")
    )
    link = f"/cases/emergencies/{started.id}"
    tell(session, case, told, key, message, now=now, link=link)


EMERGENCY_OVERDUE = Job("plans.emergency_overdue", timedelta(minutes=30), remind)
