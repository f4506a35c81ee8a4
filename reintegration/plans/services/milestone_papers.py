"""The papers of a step: what shows that it is reached. They are of the case plane always."""

from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.cases.services.open_cases import require_open
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.papers.holders import Held, Holder
from reintegration.plans.models import Milestone
from reintegration.plans.policy import MILESTONE_PAPERS

KIND = "milestone"


def held_by(milestone: Milestone) -> Held:
    """Return the step as something that papers hang on."""
    return Held(KIND, milestone.id, case_id=milestone.case_id)


def _seen(session: Session, actor: Actor, milestone_id: UUID) -> str | None:
    milestone = session.get(Milestone, milestone_id)
    if milestone is None or milestone.case_id not in actor.caseload:
        return None
    return f"/cases/{milestone.case_id}/plan/milestones/{milestone_id}"


def _refuse_closed(session: Session, milestone_id: UUID) -> None:
    require_open(session, session.get_one(Milestone, milestone_id).case_id)


HOLDER = Holder(
    KIND, N_("Step of the plan"), MILESTONE_PAPERS, seen=_seen, takes=_refuse_closed, of_case=True
)
