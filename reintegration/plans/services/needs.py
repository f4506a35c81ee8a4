"""Needs and goals: what is missing, and what the person wants, in their own words."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

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
    _note(session, actor, "need:add", "need", need.id, case.id, now)
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
    _note(session, actor, "need:edit", "need", need.id, need.case_id, now)


def meet(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is met; one that is met stays so since the day it was first said."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if lock(session, need).met_at is None:
        need.met_at = now
        _note(session, actor, "need:met", "need", need.id, need.case_id, now)


def reopen(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is open again."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if lock(session, need).met_at is not None:
        need.met_at = None
        _note(session, actor, "need:reopen", "need", need.id, need.case_id, now)


def remove_need(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Take a need out; raise Conflict while it has goals."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    if need.goals:
        raise Conflict(N_("This need has goals. Take them out first."))
    session.delete(need)
    _note(session, actor, "need:remove", "need", need.id, need.case_id, now)


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
    _note(session, actor, "goal:add", "goal", goal.id, need.case_id, now)
    return goal


def edit_goal(
    session: Session, goal: Goal, *, actor: Actor, description: str, own_words: str, now: datetime
) -> None:
    """Write a goal down better."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    goal.description, goal.own_words = _words(description), own_words.strip()
    _note(session, actor, "goal:edit", "goal", goal.id, goal.case_id, now)


def remove_goal(session: Session, goal: Goal, *, actor: Actor, now: datetime) -> None:
    """Take a goal out; raise Conflict while a step of the plan serves it."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    if reading.is_used(session, goal):
        raise Conflict(N_("A step of the plan serves this goal. Change the step first."))
    session.delete(goal)
    _note(session, actor, "goal:remove", "goal", goal.id, goal.case_id, now)


def _words(text: str) -> str:
    if not text.strip():
        raise Invalid(N_("Write it in a few words."), code="description", field="description")
    return text.strip()


def _note(
    session: Session,
    actor: Actor,
    action: str,
    kind: str,
    subject_id: UUID,
    case_id: UUID,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=audit.Subject(kind, subject_id, case_id),
        now=now,
        fields=fields,
    )
