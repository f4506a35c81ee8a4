"""What another value of a rule on plans would change, for whoever approves it."""

from sqlalchemy import select

from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_
from reintegration.plans.models import EmergencyStart, Milestone, Plan
from reintegration.plans.states import (
    EMERGENCY_ALLOWANCE,
    NEXT_REVIEW_WITHIN,
    REMIND_BEFORE,
    REVIEW_AFTER,
    MilestoneState,
)

EMERGENCY_ALLOWANCE.preview_with(
    counting(
        N_("Emergency starts of the last 90 days: %(count)s"),
        lambda _coming, since: select(EmergencyStart.id).where(EmergencyStart.started_at > since),
    )
)
REVIEW_AFTER.preview_with(
    counting(
        N_("Plans approved in the last 90 days; their next review stays as it is set: %(count)s"),
        lambda _coming, since: select(Plan.id).where(Plan.approved_at > since),
    )
)
NEXT_REVIEW_WITHIN.preview_with(
    counting(
        N_("Plans whose next review is set for later, and stays so: %(count)s"),
        lambda coming, _since: select(Plan.id).where(
            Plan.review_on > coming.first_day + coming.after
        ),
    )
)
REMIND_BEFORE.preview_with(
    counting(
        N_("Steps that would be brought to mind on the first day: %(count)s"),
        lambda coming, _since: select(Milestone.id).where(
            Milestone.state.in_((MilestoneState.PLANNED, MilestoneState.IN_PROGRESS)),
            Milestone.due_on.between(coming.first_day, coming.first_day + coming.after),
        ),
    )
)
