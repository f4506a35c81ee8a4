"""The moves of a milestone, as data. A job makes them too, when services are delivered."""

from datetime import datetime

from sqlalchemy.orm import object_session

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.states import Machine, Move
from reintegration.plans.models import Milestone
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import provision
from reintegration.plans.states import OPEN_MILESTONE_STATES, PlanState
from reintegration.plans.states import MilestoneState as S


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
            frozenset({S.PLANNED}),
            S.IN_PROGRESS,
            PlanPermission.MOVE_MILESTONE,
            N_("It has begun"),
            guard=_plan_is_open,
        ),
        "complete": Move(
            OPEN_MILESTONE_STATES,
            S.COMPLETED,
            PlanPermission.MOVE_MILESTONE,
            N_("It is reached"),
            guard=_has_evidence,
        ),
        "not_complete": Move(
            OPEN_MILESTONE_STATES,
            S.NOT_COMPLETED,
            PlanPermission.MOVE_MILESTONE,
            N_("It was not reached"),
            guard=_plan_is_open,
            needs_reason=True,
        ),
        "cancel": Move(
            OPEN_MILESTONE_STATES,
            S.CANCELLED,
            PlanPermission.MOVE_MILESTONE,
            N_("Drop it"),
            guard=_nothing_is_open,
            needs_reason=True,
        ),
        "reopen": Move(
            frozenset({S.COMPLETED, S.NOT_COMPLETED, S.CANCELLED}),
            S.IN_PROGRESS,
            PlanPermission.MOVE_MILESTONE,
            N_("Open again"),
            guard=_plan_is_open,
        ),
    },
)
