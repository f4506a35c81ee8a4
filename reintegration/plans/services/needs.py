"""Needs and goals: what is missing, and what the person wants, in their own words."""

from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.codelists.life_domains import Domain
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.plans.models import Goal, Need
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import needs as reading
from reintegration.plans.states import Priority


class NeedSaid(TypedDict):
    """What was typed about a need."""

    domain: Domain
    priority: Priority
    description: str


class GoalSaid(TypedDict):
    """What was typed about a goal; `own_words` is kept as it was said."""

    description: str
    own_words: str


def add_need(
    session: Session, case: CaseFile, *, actor: Actor, now: datetime, **said: Unpack[NeedSaid]
) -> Need:
    """Write down what is missing in an area of life."""
    permissions.demand(actor, PlanPermission.EDIT, case)
    require_open(session, case.id)
    require_kept(session, case.id, today=local_day(now))
    need = Need(id=new_id(), case_id=case.id, created_at=now)
    _write_need(need, said)
    session.add(need)
    session.flush()
    audit.record(session, "need:add", need, actor=actor, now=now)
    return need


def edit_need(
    session: Session, need: Need, *, actor: Actor, now: datetime, **said: Unpack[NeedSaid]
) -> None:
    """Write a need down better, or see it as more or less urgent."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    require_open(session, need.case_id)
    require_kept(session, need.case_id, today=local_day(now))
    _write_need(need, said)
    session.flush()
    audit.record(session, "need:edit", need, actor=actor, now=now)


def _write_need(need: Need, said: NeedSaid) -> None:
    need.domain, need.priority = said["domain"], said["priority"]
    need.description = _words(said["description"])


def meet(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is met; one that is met stays so since the day it was first said."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    require_open(session, need.case_id)
    require_kept(session, need.case_id, today=local_day(now))
    if lock(session, need).met_at is None:
        need.met_at = now
        session.flush()
        audit.record(session, "need:met", need, actor=actor, now=now)


def reopen(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Say that a need is open again."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    require_open(session, need.case_id)
    require_kept(session, need.case_id, today=local_day(now))
    if lock(session, need).met_at is not None:
        need.met_at = None
        session.flush()
        audit.record(session, "need:reopen", need, actor=actor, now=now)


def remove_need(session: Session, need: Need, *, actor: Actor, now: datetime) -> None:
    """Take a need out, with consent or without; raise Conflict while it has goals."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    require_open(session, need.case_id)
    if need.goals:
        raise Conflict(N_("This need has goals. Take them out first."))
    session.delete(need)
    session.flush()
    audit.record(session, "need:remove", need, actor=actor, now=now)


def add_goal(
    session: Session, need: Need, *, actor: Actor, now: datetime, **said: Unpack[GoalSaid]
) -> Goal:
    """Write down what the person wants to reach."""
    permissions.demand(actor, PlanPermission.EDIT, need)
    require_open(session, need.case_id)
    require_kept(session, need.case_id, today=local_day(now))
    goal = Goal(id=new_id(), case_id=need.case_id, need_id=need.id, created_at=now)
    _write_goal(goal, said)
    session.add(goal)
    session.flush()
    audit.record(session, "goal:add", goal, actor=actor, now=now)
    return goal


def edit_goal(
    session: Session, goal: Goal, *, actor: Actor, now: datetime, **said: Unpack[GoalSaid]
) -> None:
    """Write a goal down better."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    require_open(session, goal.case_id)
    require_kept(session, goal.case_id, today=local_day(now))
    _write_goal(goal, said)
    session.flush()
    audit.record(session, "goal:edit", goal, actor=actor, now=now)


def _write_goal(goal: Goal, said: GoalSaid) -> None:
    goal.description, goal.own_words = _words(said["description"]), said["own_words"].strip()


def remove_goal(session: Session, goal: Goal, *, actor: Actor, now: datetime) -> None:
    """Take a goal out; raise Conflict while a step of the plan serves it."""
    permissions.demand(actor, PlanPermission.EDIT, goal)
    require_open(session, goal.case_id)
    if reading.is_used(session, goal):
        raise Conflict(N_("A step of the plan serves this goal. Change the step first."))
    session.delete(goal)
    session.flush()
    audit.record(session, "goal:remove", goal, actor=actor, now=now)


def _words(text: str) -> str:
    if not text.strip():
        raise Invalid(N_("Write it in a few words."), code="description", field="description")
    return text.strip()
