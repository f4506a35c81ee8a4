"""Turning a person or a token into the frozen actor that every rule sees."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.db import act_as, remember_actor

CaseloadLoader = Callable[[Session, UUID], frozenset[UUID]]
_CASE_WORKERS = {Role.CASE_MANAGER, Role.SUPERVISOR}
_caseload_loaders: list[CaseloadLoader] = []


def provide_caseload(loader: CaseloadLoader) -> None:
    """Let the floor that knows cases say which ones a person is assigned to."""
    if loader not in _caseload_loaders:
        _caseload_loaders.append(loader)


def speak_for(session: Session, user: User) -> Actor:
    """Let the session act for a person and return them; their caseload is read as themselves."""
    act_as(session, _person(user))
    actor = actor_of(session, user)
    remember_actor(session, actor)
    return actor


def actor_of(session: Session, user: User) -> Actor:
    """Return a person as an actor; the session must see their caseload: as a job or as themselves.

    Only people who work on cases cost the look-up of a caseload.
    """
    actor = _person(user)
    if not actor.roles & _CASE_WORKERS:
        return actor
    loaded = [loader(session, user.id) for loader in _caseload_loaders]
    return replace(actor, caseload=frozenset[UUID]().union(*loaded))


def _person(user: User) -> Actor:
    return Actor(
        id=user.id,
        kind=ActorKind.PERSON,
        name=user.name,
        roles=user.role_set,
        organisation_id=user.organisation_id,
    )
