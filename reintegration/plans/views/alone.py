"""What waits for one supervisor alone: said before the account is closed or loses the role."""

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile
from reintegration.cases.services.supervision import supervised_by_alone
from reintegration.kernel import bounded
from reintegration.kernel.actor import Role
from reintegration.kernel.db import acting_as_system
from reintegration.plans.models import EmergencyStart, Plan
from reintegration.plans.states import EmergencyState, PlanState


def waits_for(session: Session, user: User, only: frozenset[Role]) -> list[str]:
    """Return what only this person can decide; whoever administers sees numbers and no case."""
    del only
    if Role.SUPERVISOR not in user.role_set:
        return []
    alone = supervised_by_alone(user.id)
    with acting_as_system(session):
        cases = bounded.count(session, select(CaseFile).where(CaseFile.id.in_(alone)))
        if not cases:
            return []
        plans = bounded.count(
            session, select(Plan).where(Plan.state == PlanState.SUBMITTED, Plan.case_id.in_(alone))
        )
        starts = bounded.count(
            session,
            select(EmergencyStart).where(
                EmergencyStart.state == EmergencyState.PENDING, EmergencyStart.case_id.in_(alone)
            ),
        )
    return [
        sentence
        for count, sentence in (
            (
                cases,
                ngettext(
                    "On %(num)s open case nobody else can decide.",
                    "On %(num)s open cases nobody else can decide.",
                    cases,
                ),
            ),
            (
                plans,
                ngettext(
                    "%(num)s plan waits for a decision there.",
                    "%(num)s plans wait for a decision there.",
                    plans,
                ),
            ),
            (
                starts,
                ngettext(
                    "%(num)s emergency start waits for a decision there.",
                    "%(num)s emergency starts wait for a decision there.",
                    starts,
                ),
            ),
        )
        if count
    ]
