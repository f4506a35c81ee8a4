"""State machines are data: a table of moves, and the only ways to make them.

Buttons, documents and tests derive from the table. `fire` checks the move, the permission and the
guard, sets the state, and appends the event row and the audit row. `moving` makes a move of many
rows in SQL. No other code sets a state: whatever is noted or put must be a move of the table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple, NotRequired, Protocol, TypedDict, TypeVar, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Table, Text, Update, any_, case, literal, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel import audit, permissions, statements
from reintegration.kernel.actor import Actor
from reintegration.kernel.base import Base, Json, Serial
from reintegration.kernel.coded import Registered
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.gathering import Appending

State = TypeVar("State", bound=StrEnum)
Guard = Callable[[Any, Actor, datetime], None]


class StateEvent(Base):
    """One move of one aggregate. Append-only."""

    __tablename__ = "state_event"

    id: Mapped[Serial]
    at: Mapped[datetime]
    aggregate: Mapped[str] = mapped_column(Registered(lambda: _machines))
    """The name of its machine, which the feature that owns it has registered."""
    aggregate_id: Mapped[UUID]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    for_id: Mapped[UUID | None]
    """Whom the actor stood in for, as a deputy."""
    reason: Mapped[str | None]
    data: Mapped[Json] = mapped_column(JSONB, default=dict)

    __table_args__ = (Index("ix_state_event_aggregate", "aggregate", "aggregate_id", "id"),)


_EVENT = (
    "at",
    "aggregate",
    "aggregate_id",
    "move",
    "from_state",
    "to_state",
    "actor_kind",
    "actor_id",
    "for_id",
    "reason",
    "data",
)
_NOTE = Appending(StateEvent, _EVENT)


class Told(TypedDict):
    """What is told of a move: who made it when, and, if said, why and what more."""

    actor: Actor
    now: datetime
    reason: NotRequired[str | None]
    data: NotRequired[dict[str, Any] | None]


class _About(NamedTuple):
    """Who moved something when and why, and what more the trail says of it."""

    actor: Actor
    now: datetime
    reason: str | None
    data: dict[str, Any]
    case_id: UUID | None


class Stateful(Protocol):
    """What a machine moves. `case_id` may be absent; it is noted in the trail when present."""

    id: Any
    state: Any


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """From one state, or any of several, to `target`, for whoever has `permission`.

    A `target` of None: it stays where it is. `label` is the button's text. `guard` raises a domain
    error when the object is not ready.
    """

    start: State | AbstractSet[State]
    target: State | None
    permission: StrEnum
    label: str
    guard: Guard | None = None
    needs_reason: bool = False

    @property
    def sources(self) -> frozenset[State]:
        """The states that it starts from."""
        return frozenset(self.start if isinstance(self.start, AbstractSet) else {self.start})


def _leaving(rows: Any, sources: Iterable[StrEnum]) -> Update:
    state = rows.c.state if isinstance(rows, Table) else rows.state
    return update(rows).where(state == any_(literal(sorted(sources), ARRAY(Text))))


_machines: dict[str, "Machine[Any]"] = {}


def machines() -> Mapping[str, "Machine[Any]"]:
    """Return every machine of the features that are loaded, by its name in the trail."""
    return _machines


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """The moves of one kind of aggregate; `name` is its name in the trail.

    Besides `initial`, a new one may begin in one of `begins`, as who makes it found out. The moves
    of a part are told by the acts of its whole, `told_by`: it is only `put`, and has no trail.
    """

    name: str
    initial: State
    moves: Mapping[str, Move[State]]
    begins: frozenset[State] = frozenset()
    told_by: str = ""

    def __post_init__(self) -> None:
        _machines.setdefault(self.name, self)

    def target(self, state: State, move: str) -> State:
        """Return where `move` leads from `state`; raise Conflict when it does not start there."""
        found = self.moves[move]
        if state not in found.sources:
            raise Conflict(N_("This can no longer be done: it is now “%(state)s”."), state=state)
        return found.target or state

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
        self.target(subject.state, move)
        permissions.demand(actor, rule.permission, subject)
        if rule.needs_reason and not (reason or "").strip():
            raise Invalid(
                N_("Give a reason: others will need to understand this later."), field="reason"
            )
        if rule.guard is not None:
            rule.guard(subject, actor, now)
        self.follow(session, subject, move, actor=actor, now=now, reason=reason, data=data)

    def follow(self, session: Session, subject: Stateful, move: str, **told: Unpack[Told]) -> None:
        """Make a move that follows from an act that was permitted: it asks nobody again.

        Raises Conflict when the table has no such move from where the subject stands.
        """
        before: State = subject.state
        subject.state = self.target(before, move)
        session.flush()
        case_id = getattr(subject, "case_id", None)
        self.note(session, subject.id, move, before, case_id=case_id, **told)

    def put(self, part: Stateful, move: str) -> None:
        """Set the state of a part whose whole tells what happened.

        Raises Conflict when the table has no such move from where it stands.
        """
        if not self.told_by:
            raise TypeError(f"{self.name} tells its moves itself: fire them")
        part.state = self.target(part.state, move)

    def moving(self, rows: Any, move: str) -> Update:
        """Return the update of all rows that `move` starts from, for the caller to narrow.

        `rows` is a model or its table. Who makes it notes what moved with `note` or `note_many`.
        """
        rule = self.moves[move]
        return _leaving(rows, rule.sources).values(state=rule.target)

    def moving_by(
        self, rows: Any, *ways: tuple[ColumnElement[bool], str], otherwise: str, stays: Any
    ) -> Update:
        """Return the update of rows whose own values choose the move: the first way that holds.

        Where `stays` holds, nothing moves. The moves begin in the same states.
        """
        moves = [(holds, self.moves[move]) for holds, move in ways]
        last = self.moves[otherwise]
        state = rows.c.state if isinstance(rows, Table) else rows.state
        after = case(
            (stays, state), *((holds, one.target) for holds, one in moves), else_=last.target
        )
        shared = last.sources.intersection(*(one.sources for _holds, one in moves))
        return _leaving(rows, shared).values(state=after)

    def begin(
        self,
        session: Session,
        subject: Stateful,
        act: str,
        *,
        actor: Actor,
        now: datetime,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Append the event and the audit row of the act that made `subject`."""
        state: State = subject.state
        if state != self.initial and state not in self.begins:
            raise ValueError(f"no {self.name} begins as {state}")
        case_id = getattr(subject, "case_id", None)
        about = _About(actor, now, None, data or {}, case_id)
        self._append(session, subject.id, act, (state, state), about)

    def note(
        self,
        session: Session,
        aggregate_id: UUID,
        move: str,
        before: State,
        *,
        case_id: UUID | None = None,
        **told: Unpack[Told],
    ) -> None:
        """Append the event and the audit row of a move that was made in SQL.

        Raises Conflict when the table has no such move from `before`.
        """
        data = told.get("data") or {}
        about = _About(told["actor"], told["now"], told.get("reason"), data, case_id)
        self._append(session, aggregate_id, move, (before, self.target(before, move)), about)

    def _append(
        self, session: Session, key: UUID, act: str, ends: tuple[State, State], about: "_About"
    ) -> None:
        if self.told_by:
            raise TypeError(f"{self.told_by} tells the moves of {self.name}: put them")
        actor, now, reason, data, case_id = about
        row = (
            now,
            self.name,
            key,
            act,
            *ends,
            actor.kind,
            actor.id,
            actor.for_id,
            reason,
            dict(data),
        )
        _NOTE.add(session, dict(zip(_EVENT, row, strict=True)))
        audit.record(
            session,
            f"{self.name}:{act}",
            audit.Subject(self.name, key, case_id),
            actor=actor,
            now=now,
            reason=reason,
            fields=("state",),
            data={"from": ends[0], "to": ends[1], **data},
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
        ends = (before, self.target(before, move))
        statements.insert_rows(
            session,
            StateEvent,
            _EVENT,
            (
                (now, self.name, key, move, *ends, actor.kind, actor.id, actor.for_id, None, data)
                for key, data in moved
            ),
        )
        about = {"from": ends[0], "to": ends[1]}
        audit.record_many(
            session,
            ((audit.Subject(self.name, key), {**about, **data}) for key, data in moved),
            actor=actor,
            action=f"{self.name}:{move}",
            now=now,
            fields=("state",),
        )
