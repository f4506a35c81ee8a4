"""Reading needs and goals."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import NotFound
from reintegration.plans.models import Goal, Milestone, Need
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.states import PRIORITIES_THAT_NEED_A_GOAL, Priority

Found = TypeVar("Found", Need, Goal)

_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3}


def needs_of(session: Session, case_id: UUID) -> Sequence[Need]:
    """Return the needs of a case with their goals: the open and most urgent first."""
    return session.scalars(
        select(Need)
        .where(Need.case_id == case_id)
        .options(selectinload(Need.goals))
        .order_by(Need.met_at.is_not(None), case(_URGENCY, value=Need.priority), Need.created_at)
    ).all()


def goals_of(session: Session, case_id: UUID) -> Sequence[Goal]:
    """Return the goals of a case, in the order in which they were said."""
    return session.scalars(
        select(Goal)
        .where(Goal.case_id == case_id)
        .options(joinedload(Goal.need))
        .order_by(Goal.created_at)
    ).all()


def needs_without_goal(session: Session, case_id: UUID) -> Sequence[Need]:
    """Return the open needs that are high or urgent and have no goal."""
    return session.scalars(
        select(Need)
        .where(
            Need.case_id == case_id,
            Need.met_at.is_(None),
            Need.priority.in_(PRIORITIES_THAT_NEED_A_GOAL),
            ~Need.goals.any(),
        )
        .order_by(Need.created_at)
    ).all()


def need_or_404(session: Session, actor: Actor, case_id: UUID, need_id: UUID) -> Need:
    """Return a need of a case of the caseload, or raise NotFound."""
    return _of_case(actor, case_id, session.get(Need, need_id))


def goal_or_404(session: Session, actor: Actor, case_id: UUID, goal_id: UUID) -> Goal:
    """Return a goal of a case of the caseload, or raise NotFound."""
    return _of_case(actor, case_id, session.get(Goal, goal_id))


def _of_case(actor: Actor, case_id: UUID, found: Found | None) -> Found:
    if found is None or found.case_id != case_id:
        raise NotFound
    if not permissions.permits(actor, PlanPermission.VIEW, found):
        raise NotFound
    return found


def is_used(session: Session, goal: Goal) -> bool:
    """Whether a step of the plan serves this goal."""
    return (
        session.scalar(
            select(Milestone.id)
            .where(Milestone.goal_id == goal.id, Milestone.removed_at.is_(None))
            .limit(1)
        )
        is not None
    )
