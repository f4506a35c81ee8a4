"""On what papers hang: each feature says once what its thing is, and who reads and adds there.

The floor of papers knows no claim and no consent. A row names its thing by a kind and an id, and
carries the provider or the case by which rules speak of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.rules import OfActor, Rule

nobody = OfActor(lambda _actor: False)


def _always(_session: Session, _about_id: UUID) -> None:
    return None


def _of_no_case(_session: Session, _about_id: UUID) -> UUID | None:
    return None


def _to_nobody(_session: Session, _about_id: UUID) -> Iterable[UUID]:
    return ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Who reads and adds papers of one kind of thing: over `provider_id` and `case_id` of a paper.

    `guards` are those who may say besides that a name stands in a paper.
    """

    reads: Rule
    adds: Rule
    guards: Rule = nobody


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of thing that papers hang on.

    `seen` returns the address of the thing for an actor who sees it, and None for who does not.
    `takes` raises Conflict when nothing is added or removed any more. `case_of` names the one case
    that a name in a paper can be of, `told` who hears of a harmful paper beside its uploader.
    """

    name: str
    label: str
    """A marked source string: “claim”."""
    rules: Rules
    seen: Callable[[Session, Actor, UUID], str | None]
    takes: Callable[[Session, UUID], None] = _always
    case_of: Callable[[Session, UUID], UUID | None] = _of_no_case
    told: Callable[[Session, UUID], Iterable[UUID]] = _to_nobody
    of_case: bool = False
    """The thing itself is of a case: nobody outside of its team sees it or its papers anyway."""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that a paper hangs on, or shall hang on."""

    about: str
    about_id: UUID
    provider_id: UUID | None = None
    case_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Return the id of the thing."""
        return self.about_id


_holders: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    """Let papers hang on a kind of thing; the last of a name counts."""
    _holders[holder.name] = holder


def registered() -> dict[str, Holder]:
    """Return the kinds of things, by name."""
    return _holders


def holder_of(paper: Any) -> Holder:
    """Return the kind of the thing that a paper, or a Held, names."""
    return _holders[paper.about]
