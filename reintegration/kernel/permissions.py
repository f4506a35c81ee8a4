"""Permissions are data: a map from a permission to alternatives of predicates.

A permission holds when every predicate of at least one alternative holds. Predicates are pure:
they see a frozen `Actor` and a loaded object (or None for a page that has none).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.errors import N_, NotPermitted

REFUSAL = N_("You may not do this. Ask the person who manages your access.")

Predicate = Callable[[Actor, Any], bool]
Alternatives = tuple[tuple[Predicate, ...], ...]
Policy = Mapping[StrEnum, Alternatives]

_policy: dict[StrEnum, Alternatives] = {}


def register(policy: Policy) -> None:
    """Add a feature's map. The same permission with other rules is a programming error."""
    for permission, alternatives in policy.items():
        if _policy.get(permission, alternatives) != alternatives:
            raise ValueError(f"{permission} has two policies")
        _policy[permission] = alternatives


def registered() -> Mapping[StrEnum, Alternatives]:
    """Return the whole map, for tests and documentation."""
    return dict(_policy)


def permits(actor: Actor, permission: StrEnum, subject: Any = None) -> bool:
    """Whether `actor` may; a permission without a policy is denied to everyone."""
    return any(
        all(predicate(actor, subject) for predicate in alternative)
        for alternative in _policy.get(permission, ())
    )


def could(actor: Actor, permission: StrEnum) -> bool:
    """Whether `actor` may for *some* subject: decided by what they are, with nothing looked up.

    Whoever could never gets the same answer for everything, found or not.
    """
    return any(
        all(predicate(actor, None) for predicate in alternative if not needs_subject(predicate))
        for alternative in _policy.get(permission, ())
    )


def needs_subject(predicate: Predicate) -> bool:
    """Whether a predicate looks at the subject; those about the actor alone are marked."""
    return not getattr(predicate, "about_actor", False)


def about_actor(predicate: Predicate) -> Predicate:
    """Mark a predicate that looks at the actor alone."""
    predicate.about_actor = True  # type: ignore[attr-defined]
    return predicate


def demand(actor: Actor, permission: StrEnum, subject: Any = None) -> None:
    """Raise NotPermitted unless `actor` may."""
    if not permits(actor, permission, subject):
        raise NotPermitted(REFUSAL)


def has_role(*roles: Role) -> Predicate:
    """Return a predicate: the actor carries any of `roles`."""

    def predicate(actor: Actor, _subject: Any) -> bool:
        return actor.has_role(*roles)

    predicate.__name__ = "has_role(" + ", ".join(roles) + ")"
    return about_actor(predicate)


@about_actor
def signed_in(actor: Actor, _subject: Any) -> bool:
    """Any signed-in person or token."""
    return actor.is_signed_in


@about_actor
def is_machine(actor: Actor, _subject: Any) -> bool:
    """A scheduled job or an operator's command: both are logged as such."""
    return actor.kind in (ActorKind.SYSTEM, ActorKind.OPERATOR)


@about_actor
def anyone(_actor: Actor, _subject: Any) -> bool:
    """Public."""
    return True


def on_case_team(actor: Actor, subject: Any) -> bool:
    """The actor is assigned to the case that `subject` belongs to."""
    return subject is not None and subject.case_id in actor.caseload


def own_organisation(actor: Actor, subject: Any) -> bool:
    """`subject` belongs to the actor's own provider."""
    return (
        subject is not None
        and actor.organisation_id is not None
        and subject.provider_id == actor.organisation_id
    )


def not_by(*fields: str) -> Predicate:
    """Return the four-eyes predicate: the actor is none of the persons named in `fields`."""

    def predicate(actor: Actor, subject: Any) -> bool:
        return subject is not None and all(
            actor.id is not None and getattr(subject, name) != actor.id for name in fields
        )

    predicate.__name__ = "not_by(" + ", ".join(fields) + ")"
    return predicate
