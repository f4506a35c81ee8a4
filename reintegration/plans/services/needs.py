"""Needs and goals: what is missing, and what the person wants, in their own words."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.codelists.life_domains import Domain
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.plans.models import Goal, Need
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import needs as reading
from reintegration.plans.states import Priority


def add_need(
    session: Session,
    case: CaseFile,
    *,
    actor: Actor,
    domain: Domain,
    priority: Priority,
    description: str,
    now: datetime,
) -> Need:
    """Write down what is missing in an area of life."""
    permissions.demand(actor, PlanPermission.EDIT, case)
    need = Need(
        id=new_id(),
        case_id=case.id,
        domain=domain,
        priority=priority,
        description=_words(description),
        created_at=now,
    )
    session.add(need)
    session.flush()
    audit.record(session, "need:add", need, actor=actor, now=now)
    return need


def edit_need(
    session: Session,
    need: Need,
    *,
    actor: Actor,
    domain: Domain,
    priority: Priority,
    description: str,
    now: datetime,
) -> None:
    """Write a need down better, or see it as more or less urgent."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    need.domain, need.priority = domain, priority
    need.description = _words(description)
    session.flush()
    audit.record(session, "need:edit", need, actor=actor, now=now)


def meet(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is met; one that is met stays so since the day it was first said."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if lock(session, need).met_at is None:
        need.met_at = now
        session.flush()
        audit.record(session, "need:met", need, actor=actor, now=now)


def reopen(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is open again."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if lock(session, need).met_at is not None:
        need.met_at = None
        session.flush()
        audit.record(session, "need:reopen", need, actor=actor, now=now)


def remove_need(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Take a need out; raise Conflict while it has goals."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if need.goals:
        raise Conflict(N_("This need has goals. Take them out first."))
    session.delete(need)
    session.flush()
    audit.record(session, "need:remove", need, actor=actor, now=now)


def add_goal(
    session: Session, need: Need, *, actor: Actor, description: str, own_words: str, now: datetime
) -> Goal:
    """Write down what the person wants to reach; `own_words` is kept as it was said."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    goal = Goal(
        id=new_id(),
        case_id=need.case_id,
        need_id=need.id,
        description=_words(description),
        own_words=own_words.strip(),
        created_at=now,
    )
    session.add(goal)
    session.flush()
    audit.record(session, "goal:add", goal, actor=actor, now=now)
    return goal


def edit_goal(
    session: Session, goal: Goal, *, actor: Actor, description: str, own_words: str, now: datetime
) -> None:
    """Write a goal down better."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    goal.description, goal.own_words = _words(description), own_words.strip()
    session.flush()
    audit.record(session, "goal:edit", goal, actor=actor, now=now)


def remove_goal(session: Session, goal: Goal, *, actor: Actor, now: datetime) -> None:
    """Take a goal out; raise Conflict while a step of the plan serves it."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    if reading.is_used(session, goal):
        raise Conflict(N_("A step of the plan serves this goal. Change the step first."))
    session.delete(goal)
    session.flush()
    audit.record(session, "goal:remove", goal, actor=actor, now=now)


def _words(text: str) -> str:
    if not text.strip():
        raise Invalid(N_("Write it in a few words."), code="description", field="description")
    return text.strip()
