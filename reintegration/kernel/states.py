"""State machines are data: a table of moves, and one way to make them.

Buttons, documents and tests derive from the table. `fire` checks the move, the permission and the
guard, sets the state, and appends the event row and the audit row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel import audit, permissions, statements
from reintegration.kernel.actor import Actor
from reintegration.kernel.base import Base, Json, Serial
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.gathering import Appending

State = TypeVar("State", bound=StrEnum)
Guard = Callable[[Any, Actor, datetime], None]


class StateEvent(Base):
    """One move of one aggregate. Append-only."""

    __tablename__ = "state_event"

    id: Mapped[Serial]
    at: Mapped[datetime]
    aggregate: Mapped[str]
    aggregate_id: Mapped[UUID]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    data: Mapped[Json] = mapped_column(JSONB, default=dict)

    __table_args__ = (Index("ix_state_event_aggregate", "aggregate", "aggregate_id", "id"),)


_NOTE = Appending(
    StateEvent,
    (
        "at",
        "aggregate",
        "aggregate_id",
        "move",
        "from_state",
        "to_state",
        "actor_kind",
        "actor_id",
        "reason",
        "data",
    ),
)


class Stateful(Protocol):
    """What a machine moves. `case_id` may be absent; it is noted in the trail when present."""

    id: Any
    state: Any


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """From any of `sources` to `target`, for whoever has `permission`; None: it stays where it is.

    `guard` raises a domain error when the object is not ready. `label` is the button's text.
    """

    sources: frozenset[State]
    target: State | None
    permission: StrEnum
    label: str
    guard: Guard | None = None
    needs_reason: bool = False


_machines: dict[str, "Machine[Any]"] = {}


def machines() -> Mapping[str, "Machine[Any]"]:
    """Return every machine of the features that are loaded, by its name in the trail."""
    return _machines


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """The moves of one kind of aggregate; `name` is its name in the trail."""

    name: str
    initial: State
    moves: Mapping[str, Move[State]]

    def __post_init__(self) -> None:
        _machines.setdefault(self.name, self)

    def target(self, state: State, move: str) -> State:
        """Return where `move` leads from `state`; raise Conflict when it does not start there."""
        found = self.moves[move]
        if state not in found.sources:
            raise Conflict(
                N_("This can no longer be done: it is now “%(state)s”."), state=state.value
            )
        return found.target or state

    def state_of(self, subject: Stateful) -> State:
        """Return where `subject` stands; a column gives plain text."""
        return type(self.initial)(subject.state)

    def available(self, subject: Stateful, actor: Actor) -> list[str]:
        """Return the moves that `actor` may make now, in the table's order: the buttons."""
        return [
            name
            for name, move in self.moves.items()
            if subject.state in move.sources
            and permissions.permits(actor, move.permission, subject)
        ]

    def fire(
        self,
        session: Session,
        subject: Stateful,
        move: str,
        *,
        actor: Actor,
        now: datetime,
        reason: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Make the move or raise Conflict, NotPermitted, Invalid or what the guard raises."""
        rule = self.moves[move]
        before = self.state_of(subject)
        after = self.target(before, move)
        permissions.demand(actor, rule.permission, subject)
        if rule.needs_reason and not (reason or "").strip():
            raise Invalid(
                N_("Give a reason: others will need to understand this later."), field="reason"
            )
        if rule.guard is not None:
            rule.guard(subject, actor, now)
        subject.state = after.value
        session.flush()
        self.note(
            session,
            subject.id,
            move,
            before,
            after,
            actor=actor,
            now=now,
            reason=reason,
            data=data,
            case_id=getattr(subject, "case_id", None),
        )

    def note(
        self,
        session: Session,
        aggregate_id: UUID,
        move: str,
        before: State,
        after: State,
        *,
        actor: Actor,
        now: datetime,
        reason: str | None = None,
        data: dict[str, Any] | None = None,
        case_id: UUID | None = None,
    ) -> None:
        """Append the event and the audit row of a move that was made in SQL."""
        _NOTE.add(
            session,
            {
                "at": now,
                "aggregate": self.name,
                "aggregate_id": aggregate_id,
                "move": move,
                "from_state": before.value,
                "to_state": after.value,
                "actor_kind": actor.kind.value,
                "actor_id": actor.id,
                "reason": reason,
                "data": dict(data or {}),
            },
        )
        audit.record(
            session,
            actor=actor,
            action=f"{self.name}:{move}",
            subject=audit.Subject(self.name, aggregate_id, case_id),
            now=now,
            reason=reason,
            fields=("state",),
            data={"from": before.value, "to": after.value, **(data or {})},
        )

    def note_many(
        self,
        session: Session,
        moved: Sequence[tuple[UUID, dict[str, Any]]],
        move: str,
        before: State,
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Append the events and audit rows of one move that was made of many rows in SQL."""
        after = self.target(before, move)
        statements.insert_rows(
            session,
            StateEvent,
            (
                "at",
                "aggregate",
                "aggregate_id",
                "move",
                "from_state",
                "to_state",
                "actor_kind",
                "actor_id",
                "data",
            ),
            (
                (
                    now,
                    self.name,
                    key,
                    move,
                    before.value,
                    after.value,
                    actor.kind.value,
                    actor.id,
                    data,
                )
                for key, data in moved
            ),
        )
        ends = {"from": before.value, "to": after.value}
        audit.record_many(
            session,
            ((audit.Subject(self.name, key), {**ends, **data}) for key, data in moved),
            actor=actor,
            action=f"{self.name}:{move}",
            now=now,
            fields=("state",),
        )
