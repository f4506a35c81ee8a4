"""The moves of a milestone, as data. A job makes them too, when services are delivered."""

from datetime import datetime

from sqlalchemy.orm import object_session

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.states import Machine, Move
from reintegration.plans.models import Milestone
from reintegration.plans.permissions import PlanPermission as P
from reintegration.plans.queries import provision
from reintegration.plans.states import OPEN_MILESTONE_STATES as OPEN
from reintegration.plans.states import MilestoneState as S
from reintegration.plans.states import PlanState


def _plan_is_open(milestone: Milestone, _actor: Actor, _now: datetime) -> None:
    if milestone.removed_at is not None or milestone.plan.state == PlanState.CLOSED:
        raise Conflict(N_("The plan is closed, or the step is no longer in it."))


def _has_evidence(milestone: Milestone, actor: Actor, now: datetime) -> None:
    _plan_is_open(milestone, actor, now)
    if not milestone.evidence.strip():
        raise Invalid(N_("Say how you know that this is reached."), field="evidence")


def _nothing_is_open(milestone: Milestone, actor: Actor, now: datetime) -> None:
    _plan_is_open(milestone, actor, now)
    session = object_session(milestone)
    assert session is not None
    for line in milestone.lines:
        for sentence in provision.open_on_line(session, line) if line.removed_at is None else ():
            raise Conflict(
                N_("Something is still open here: %(what)s Settle it first."), what=sentence
            )


MILESTONE: Machine[S] = Machine(
    name="milestone",
    initial=S.PLANNED,
    moves={
        "begin": Move(
            S.PLANNED, S.IN_PROGRESS, P.MOVE_MILESTONE, N_("Mark as begun"), _plan_is_open
        ),
        "complete": Move(OPEN, S.COMPLETED, P.MOVE_MILESTONE, N_("Mark as reached"), _has_evidence),
        "not_complete": Move(
            OPEN,
            S.NOT_COMPLETED,
            P.MOVE_MILESTONE,
            N_("Mark as not reached"),
            _plan_is_open,
            needs_reason=True,
        ),
        "cancel": Move(
            OPEN,
            S.CANCELLED,
            P.MOVE_MILESTONE,
            N_("Drop the step"),
            _nothing_is_open,
            needs_reason=True,
        ),
        "reopen": Move(
            {S.COMPLETED, S.NOT_COMPLETED, S.CANCELLED},
            S.IN_PROGRESS,
            P.MOVE_MILESTONE,
            N_("Open again"),
            _plan_is_open,
        ),
    },
)
