"""Rules: who may, said once and used three times.

A rule answers for one object (`check`), for an actor before anything is looked up (`could`), and
as a filter of rows (`where`). `&` and `|` join rules. A rule is pure: it sees a frozen `Actor` and
a loaded object (or None for a page that has none), or a mapped class whose columns carry the same
names.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, all_, and_, any_, false, literal, or_, true

from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.signing import companion, signers

Rows = ColumnElement[bool]


class Rule(ABC):
    """What must hold; see the module."""

    @abstractmethod
    def check(self, actor: Actor, subject: Any) -> bool:
        """Whether it holds for `subject`."""

    @abstractmethod
    def could(self, actor: Actor) -> bool:
        """Whether it may hold for *some* subject: decided by what the actor is."""

    @abstractmethod
    def where(self, actor: Actor, model: Any) -> Rows:
        """Return the condition that the rows of `model` meet for which `check` holds."""

    def __and__(self, other: "Rule") -> "Rule":
        """Return the rule that both hold."""
        return _Joined((self, other), all, and_)

    def __or__(self, other: "Rule") -> "Rule":
        """Return the rule that one of them holds."""
        return _Joined((self, other), any, or_)


@dataclass(frozen=True, slots=True)
class _Joined(Rule):
    """Several rules of which `hold`, all or any, must hold; `rows` says the same in SQL."""

    rules: tuple[Rule, ...]
    hold: Callable[[Iterable[bool]], bool]
    rows: Callable[..., Rows]

    def check(self, actor: Actor, subject: Any) -> bool:
        return self.hold(rule.check(actor, subject) for rule in self.rules)

    def could(self, actor: Actor) -> bool:
        return self.hold(rule.could(actor) for rule in self.rules)

    def where(self, actor: Actor, model: Any) -> Rows:
        if not self.could(actor):
            return false()
        return self.rows(*(rule.where(actor, model) for rule in self.rules))


@dataclass(frozen=True, slots=True)
class OfActor(Rule):
    """A rule about the actor alone: for all rows or for none."""

    holds: Callable[[Actor], bool]

    def check(self, actor: Actor, subject: Any) -> bool:
        """Whether the actor is such."""
        del subject
        return self.holds(actor)

    def could(self, actor: Actor) -> bool:
        """Whether the actor is such."""
        return self.holds(actor)

    def where(self, actor: Actor, model: Any) -> Rows:
        """Return true or false."""
        del model
        return true() if self.holds(actor) else false()


@dataclass(frozen=True, slots=True)
class OfSubject(Rule):
    """A rule about the object, said for Python and for SQL; without an object it does not hold."""

    holds: Callable[[Actor, Any], bool]
    rows: Callable[[Actor, Any], Rows]

    def check(self, actor: Actor, subject: Any) -> bool:
        """Whether `subject` is such for `actor`."""
        return subject is not None and self.holds(actor, subject)

    def could(self, actor: Actor) -> bool:
        """Return True: some object may be such."""
        del actor
        return True

    def where(self, actor: Actor, model: Any) -> Rows:
        """Return what such rows meet."""
        return self.rows(actor, model)


def has_role(*roles: Role) -> Rule:
    """Return a rule: the actor carries any of `roles`."""
    return OfActor(lambda actor: actor.has_role(*roles))


signed_in = OfActor(lambda actor: actor.is_signed_in)
"""Any signed-in person or token."""

is_machine = OfActor(lambda actor: actor.kind in (ActorKind.SYSTEM, ActorKind.OPERATOR))
"""A scheduled job or an operator's command: both are logged as such."""

is_service = OfActor(lambda actor: actor.kind is ActorKind.SERVICE)
"""A service of others that proved by its signature that a message is its own."""

anyone = OfActor(lambda _actor: True)
"""Public."""


def _of_the_caseload(actor: Actor, model: Any) -> Rows:
    # One array: a list that grows would be a new statement for each size of a caseload.
    cases = literal(sorted(actor.caseload), ARRAY(Uuid()))
    return model.case_id == any_(cases)  # type: ignore[no-any-return]


def _of_the_organisation(actor: Actor, model: Any) -> Rows:
    if actor.organisation_id is None:
        return false()
    return model.provider_id == actor.organisation_id  # type: ignore[no-any-return]


on_case_team = OfSubject(lambda actor, subject: subject.case_id in actor.caseload, _of_the_caseload)
"""The actor is assigned to the case that the object belongs to."""

own_organisation = OfSubject(
    lambda actor, subject: (
        actor.organisation_id is not None and subject.provider_id == actor.organisation_id
    ),
    _of_the_organisation,
)
"""The object belongs to the actor's own provider."""


def not_by(*fields: str) -> Rule:
    """Return the four-eyes rule: the actor is none of the persons named in `fields`.

    A deputy is two persons at once, and so is whoever acted as one before.
    """

    def holds(actor: Actor, subject: Any) -> bool:
        return actor.id is not None and all(
            actor.eyes.isdisjoint(signers(subject, name)) for name in fields
        )

    def rows(actor: Actor, model: Any) -> Rows:
        if actor.id is None:
            return false()
        columns = [getattr(model, one) for name in fields for one in (name, companion(name))]
        eyes = sorted(actor.eyes)
        return and_(*(column.is_distinct_from(eye) for column in columns for eye in eyes))

    return OfSubject(holds, rows)


def not_among(field: str) -> Rule:
    """Return the four-eyes rule for many: the actor is none of the persons listed in `field`.

    Of a deputy the list names both (`reintegration.kernel.signing.with_writers`).
    """

    def holds(actor: Actor, subject: Any) -> bool:
        return actor.id is not None and actor.eyes.isdisjoint(getattr(subject, field))

    def rows(actor: Actor, model: Any) -> Rows:
        if actor.id is None:
            return false()
        listed = getattr(model, field)
        return and_(*(literal(eye) != all_(listed) for eye in sorted(actor.eyes)))

    return OfSubject(holds, rows)


def not_in(state: StrEnum) -> Rule:
    """Return a rule: the object does not stand in `state`."""
    return OfSubject(
        lambda _actor, subject: bool(subject.state != state),
        lambda _actor, model: model.state != state,
    )


def is_set(field: str) -> Rule:
    """Return a rule: `field` of the object is known."""
    return OfSubject(
        lambda _actor, subject: getattr(subject, field) is not None,
        lambda _actor, model: getattr(model, field).is_not(None),
    )
