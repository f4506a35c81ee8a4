"""Turning a person or a token into the frozen actor that every rule sees."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel.actor import Actor, ActorKind, Role

CaseloadLoader = Callable[[Session, UUID], frozenset[UUID]]
_caseload_loaders: list[CaseloadLoader] = []


def provide_caseload(loader: CaseloadLoader) -> None:
    """Let the floor that knows cases say which ones a person is assigned to."""
    if loader not in _caseload_loaders:
        _caseload_loaders.append(loader)


def actor_of(session: Session, user: User) -> Actor:
    """Return the actor; only people who work on cases cost the look-up of a caseload."""
    roles = user.role_set
    caseload: frozenset[UUID] = frozenset()
    if roles & {Role.CASE_MANAGER, Role.SUPERVISOR}:
        for loader in _caseload_loaders:
            caseload |= loader(session, user.id)
    return Actor(
        id=user.id,
        kind=ActorKind.PERSON,
        name=user.name,
        roles=roles,
        organisation_id=user.organisation_id,
        caseload=caseload,
    )
