"""Turning a person or a token into the frozen actor that every rule sees."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, User
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.db import act_as, remember_actor
from reintegration.kernel.errors import NotPermitted
from reintegration.kernel.tasks import BackgroundTask

CaseloadLoader = Callable[[Session, Actor], frozenset[UUID]]
_CASE_WORKERS = {Role.CASE_MANAGER, Role.SUPERVISOR}
_caseload_loaders: list[CaseloadLoader] = []


def provide_caseload(loader: CaseloadLoader) -> None:
    """Let the floor that knows cases say which ones a person is assigned to."""
    if loader not in _caseload_loaders:
        _caseload_loaders.append(loader)


def speak_for(
    session: Session, user: User, deputyship_id: UUID | None = None
) -> tuple[Actor, Deputyship | None]:
    """Let the session act for a person and return them; their caseload is read as themselves.

    By a deputyship that runs today, which is returned too, they act at the desk of whom they stand
    in for; by one that does not, as themselves.
    """
    act_as(session, _person(user, None))
    named = session.get(Deputyship, deputyship_id) if deputyship_id else None
    if named is not None and not may_sit(user, named):
        named = None
    if named is not None:
        act_as(session, _person(user, named))
    actor = actor_of(session, user, named)
    remember_actor(session, actor)
    return actor, named


def actor_of(session: Session, user: User, named: Deputyship | None = None) -> Actor:
    """Return a person as an actor; the session must see their caseload: as a job or as themselves.

    Only people who work on cases cost the look-up of a caseload.
    """
    actor = _person(user, named)
    if not actor.roles & _CASE_WORKERS:
        return actor
    loaded = [loader(session, actor) for loader in _caseload_loaders]
    return replace(actor, caseload=frozenset[UUID]().union(*loaded))


def may_sit(user: User, named: Deputyship) -> bool:
    """Whether a person may act by a deputyship now: it is theirs, and it runs."""
    return named.deputy_id == user.id and named.holds(clock.local_day(clock.now()))


def who_started(session: Session, task: BackgroundTask) -> Actor | None:
    """Return who started a task, at the desk where they did it while they may sit there."""
    user = session.get(User, task.started_by) if task.started_by else None
    if user is None:
        return None
    named = session.get(Deputyship, task.deputyship_id) if task.deputyship_id else None
    if named is not None and not may_sit(user, named):
        raise NotPermitted(permissions.REFUSAL)
    return actor_of(session, user, named)


def _person(user: User, named: Deputyship | None) -> Actor:
    actor = Actor(
        id=user.id,
        kind=ActorKind.PERSON,
        name=user.name,
        roles=user.role_set,
        organisation_id=user.organisation_id,
    )
    return at_desk_of(actor, named) if named is not None else actor


def at_desk_of(actor: Actor, named: Deputyship) -> Actor:
    """Return the actor at the desk of the person represented: one role, their place."""
    return replace(
        actor,
        roles=frozenset({named.role}),
        organisation_id=named.represented.organisation_id,
        caseload=frozenset(),
        for_id=named.represented_id,
        for_name=named.represented.name,
        deputyship_id=named.id,
    )
