"""The moves of a plan, as data. A version follows its plan and has no moves of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import object_session

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.states import Machine, Move
from reintegration.plans.models import Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.services import readiness
from reintegration.plans.states import PlanState as S
from reintegration.plans.states import VersionState


def _is_ready(plan: Plan, actor: Actor, now: datetime) -> None:
    session = object_session(plan)
    assert session is not None
    for problem in readiness.problems(session, plan, actor, on=local_day(now)):
        raise Invalid(problem.message, **problem.params)


def _was_approved(*, before: bool) -> Any:
    def guard(plan: Plan, _actor: Actor, _now: datetime) -> None:
        if (plan.approved_version is not None) is not before:
            raise Conflict(N_("The plan stands where it stood before it was sent."))

    return guard


_SENT = frozenset({S.SUBMITTED})

PLAN: Machine[S] = Machine(
    name="plan",
    initial=S.DRAFT,
    moves={
        "submit": Move(
            frozenset({S.DRAFT, S.CHANGED}),
            S.SUBMITTED,
            PlanPermission.SUBMIT,
            N_("Send for approval"),
            guard=_is_ready,
        ),
        "withdraw": Move(
            _SENT,
            S.DRAFT,
            PlanPermission.SUBMIT,
            N_("Take back"),
            guard=_was_approved(before=False),
        ),
        "withdraw_change": Move(
            _SENT,
            S.CHANGED,
            PlanPermission.SUBMIT,
            N_("Take back"),
            guard=_was_approved(before=True),
        ),
        "approve": Move(_SENT, S.APPROVED, PlanPermission.DECIDE, N_("Approve")),
        "return": Move(
            _SENT,
            S.DRAFT,
            PlanPermission.DECIDE,
            N_("Return"),
            guard=_was_approved(before=False),
            needs_reason=True,
        ),
        "return_change": Move(
            _SENT,
            S.CHANGED,
            PlanPermission.DECIDE,
            N_("Return"),
            guard=_was_approved(before=True),
            needs_reason=True,
        ),
        "change": Move(frozenset({S.APPROVED}), S.CHANGED, PlanPermission.EDIT, N_("Change")),
        "close": Move(
            frozenset({S.DRAFT, S.APPROVED, S.CHANGED}), S.CLOSED, CasePermission.CLOSE, N_("Close")
        ),
    },
)

_WAITS = frozenset({VersionState.SUBMITTED})

VERSION: Machine[VersionState] = Machine(
    name="plan_version",
    told_by=PLAN.name,
    initial=VersionState.SUBMITTED,
    moves={
        "withdraw": Move(_WAITS, VersionState.WITHDRAWN, PlanPermission.SUBMIT, N_("Take back")),
        "approve": Move(_WAITS, VersionState.APPROVED, PlanPermission.DECIDE, N_("Approve")),
        "return": Move(_WAITS, VersionState.RETURNED, PlanPermission.DECIDE, N_("Return")),
    },
)


def back(move: str, plan: Plan) -> str:
    """Return the form of `withdraw` or `return` that leads back to where the plan was."""
    return move if plan.approved_version is None else f"{move}_change"
