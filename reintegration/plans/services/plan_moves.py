"""The moves of a plan, as data. A version follows its plan and has no moves of its own."""

from datetime import datetime

from sqlalchemy.orm import object_session

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.states import Machine, Move
from reintegration.plans.models import Plan
from reintegration.plans.permissions import PlanPermission as P
from reintegration.plans.services import readiness
from reintegration.plans.states import PlanState as S
from reintegration.plans.states import VersionState as V

_ELSEWHERE = N_("The plan stands where it stood before it was sent.")


def _is_ready(plan: Plan, actor: Actor, now: datetime) -> None:
    session = object_session(plan)
    assert session is not None
    for problem in readiness.problems(session, plan, actor, on=local_day(now)):
        raise Invalid(problem.message, **problem.params)


def _is_change(plan: Plan, _actor: Actor, _now: datetime) -> None:
    if plan.approved_version is None:
        raise Conflict(_ELSEWHERE)


def _is_first(plan: Plan, _actor: Actor, _now: datetime) -> None:
    if plan.approved_version is not None:
        raise Conflict(_ELSEWHERE)


PLAN: Machine[S] = Machine(
    name="plan",
    initial=S.DRAFT,
    moves={
        "submit": Move(
            {S.DRAFT, S.CHANGED}, S.SUBMITTED, P.SUBMIT, N_("Send for approval"), _is_ready
        ),
        "withdraw": Move(S.SUBMITTED, S.DRAFT, P.SUBMIT, N_("Withdraw the plan"), _is_first),
        "withdraw_change": Move(
            S.SUBMITTED, S.CHANGED, P.SUBMIT, N_("Withdraw the plan"), _is_change
        ),
        "approve": Move(S.SUBMITTED, S.APPROVED, P.DECIDE, N_("Approve")),
        "return": Move(S.SUBMITTED, S.DRAFT, P.DECIDE, N_("Return"), _is_first, needs_reason=True),
        "return_change": Move(
            S.SUBMITTED, S.CHANGED, P.DECIDE, N_("Return"), _is_change, needs_reason=True
        ),
        "change": Move(S.APPROVED, S.CHANGED, P.EDIT, N_("Change")),
        "close": Move(
            {S.DRAFT, S.APPROVED, S.CHANGED}, S.CLOSED, CasePermission.CLOSE, N_("Close")
        ),
    },
)

VERSION: Machine[V] = Machine(
    name="plan_version",
    told_by=PLAN.name,
    initial=V.SUBMITTED,
    moves={
        "withdraw": Move(V.SUBMITTED, V.WITHDRAWN, P.SUBMIT, N_("Withdraw the plan")),
        "approve": Move(V.SUBMITTED, V.APPROVED, P.DECIDE, N_("Approve")),
        "return": Move(V.SUBMITTED, V.RETURNED, P.DECIDE, N_("Return")),
    },
)


def back(move: str, plan: Plan) -> str:
    """Return the form of `withdraw` or `return` that leads back to where the plan was."""
    return move if plan.approved_version is None else f"{move}_change"
