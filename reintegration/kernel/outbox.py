"""Messages that leave the house are rows, committed with the change and delivered afterwards.

No network call happens inside a transaction: a message is claimed, that is committed, it is sent,
and what came of it is settled. An outcome that nobody knows (the line broke after sending, the
process was killed) is `unknown`, until the receiver or a person settles it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, ScalarResult, Select, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base, Id, Json
from reintegration.kernel.errors import N_, NotFound
from reintegration.kernel.ids import new_id
from reintegration.kernel.lanes import Lane
from reintegration.kernel.message_texts import Wording, Written
from reintegration.kernel.words import Worded

MAX_ATTEMPTS = 8
SILENT_AFTER = timedelta(minutes=5)
"""Longer than any channel takes to send: whoever claimed a message then is gone."""
_SILENT = "the sender did not come back"


class OutboxState(Worded):
    """Where a message stands."""

    QUEUED = N_("Waits to be sent"), "grey"
    SENDING = N_("Is being sent"), "sky"
    SENT = N_("Sent"), "moss"
    FAILED = N_("Did not leave"), "clay"
    UNKNOWN = N_("May have left"), "gold"


class OutboxMessage(Base):
    """One message to the outside under a stored idempotency key."""

    __tablename__ = "outbox_message"

    id: Mapped[Id]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    payload: Mapped[Json] = mapped_column(JSONB)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None]
    text_code: Mapped[str | None]
    """Which of `reintegration.kernel.message_texts` it was written by; None: it has no text."""
    text_version: Mapped[UUID | None]
    """Which wording of it that somebody approved; None: the one that came with Punte."""

    __table_args__ = (
        Index(
            "ix_outbox_message_text",
            "text_code",
            "queued_at",
            postgresql_where="text_code IS NOT NULL",
        ),
        Index("ix_outbox_message_due", "next_attempt_at", postgresql_where="state = 'queued'"),
        Index(
            "ix_outbox_message_open",
            "queued_at",
            postgresql_where="state IN ('sending', 'unknown', 'failed')",
        ),
    )

    @property
    def about(self) -> str:
        """Return what the message is about, in words to be translated."""
        of = self.idempotency_key.partition(":")[0]
        return _about.get(of, of)

    @property
    def problem(self) -> str:
        """Return the name of what went wrong; its words may tell whom the message was for."""
        return (self.error or "").partition(":")[0]

    @property
    def nobody_knows(self) -> bool:
        """Whether its last attempt may have arrived, also while it waits for the next."""
        return self.problem in MAY_HAVE_ARRIVED


class OutcomeUnknown(Exception):
    """The message may or may not have left."""


class Refused(Exception):
    """The receiver answered that it will not take this message, however often it is sent.

    `code` is the receiver's word for why.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class TryLater(Exception):
    """The receiver answered that it took nothing yet, and asked for time."""

    def __init__(self, message: str, *, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt, with what the receiver answered or the problem that it named.

    `after` is how long the next attempt waits, where the receiver said so.
    """

    state: OutboxState
    error: str | None = None
    answer: Any = None
    after: timedelta | None = None


MAY_HAVE_ARRIVED = (OutcomeUnknown.__name__, _SILENT)
"""The problems after which nobody knows whether an attempt arrived."""


def _nobody_can_tell(_message: OutboxMessage, _now: datetime) -> Outcome | None:
    return None


def _nothing(_session: Session, _message: OutboxMessage, _outcome: Outcome, _now: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out of the house, as the feature that owns it registers it.

    `send` hands a message over under its key and returns what the receiver answered; it raises
    OutcomeUnknown when it cannot tell, Refused and TryLater when the receiver said so. `find_out`
    settles an unknown outcome: by sending again where the receiver takes a key once, or by asking
    it; None: a person decides. `came_of` does what follows, in the transaction that settles.
    """

    name: str
    send: Callable[[OutboxMessage], object]
    find_out: Callable[[OutboxMessage, datetime], Outcome | None] = _nobody_can_tell
    came_of: Callable[[Session, OutboxMessage, Outcome, datetime], None] = _nothing
    people_decide: bool = True
    """Whether a person decides about what failed or is unknown; else the channel always does."""
    lane: Lane = Lane.OUTBOX
    """In which lane of the scheduler it sends: a receiver that hangs holds up its own only."""


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Add a way out, from the feature that owns it; the last of a name counts."""
    _channels[channel.name] = channel


_about: dict[str, str] = {}


def call(subject: str, words: str) -> None:
    """Say what messages are about whose keys begin with `subject`, in marked words."""
    _about[subject] = words


def registered() -> Mapping[str, Channel]:
    """Return the ways out of the house, by name."""
    return _channels


def in_lane(lane: Lane) -> list[Channel]:
    """Return the ways out that send in a lane."""
    return [channel for channel in _channels.values() if channel.lane is lane]


def _in(lane: Lane) -> ColumnElement[bool]:
    return OutboxMessage.channel.in_([channel.name for channel in in_lane(lane)])


def put(
    session: Session,
    *,
    channel: str,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    wording: Wording | None = None,
) -> None:
    """Queue a message; the same key is queued once. `wording` is the text it was written by."""
    session.execute(
        insert(OutboxMessage)
        .values(
            id=new_id(),
            idempotency_key=key,
            channel=channel,
            payload=payload,
            state=OutboxState.QUEUED,
            attempts=0,
            queued_at=now,
            next_attempt_at=now,
            text_code=wording.code if wording else None,
            text_version=wording.version if wording else None,
        )
        .on_conflict_do_nothing()  # columns named here would be read: only the deliverer may
    )


def mail(session: Session, written: Written, *, to: str, key: str, now: datetime) -> None:
    """Queue a message of e-mail."""
    payload = {"to": to, "subject": written.subject, "text": written.text}
    put(session, channel="email", key=key, payload=payload, now=now, wording=written.wording)


def claim(session: Session, *, now: datetime, lane: Lane = Lane.OUTBOX) -> OutboxMessage | None:
    """Claim the message of a lane that is due longest; the caller commits, and only then sends.

    The message belongs to no session any more: nothing is read while it is sent.
    """
    message = session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.next_attempt_at <= now,
            _in(lane),
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if message is None:
        return None
    message.state, message.claimed_at = OutboxState.SENDING, now
    message.attempts += 1
    session.flush()
    session.expunge(message)
    return message


def attempt(channel: Channel, message: OutboxMessage) -> Outcome:
    """Send a claimed message, outside of any transaction, and say what came of it."""
    try:
        answer = channel.send(message)
    except OutcomeUnknown as problem:
        return Outcome(OutboxState.UNKNOWN, _told(problem))
    except Refused as problem:
        return Outcome(OutboxState.FAILED, _told(problem), problem.code)
    except TryLater as problem:
        return Outcome(OutboxState.QUEUED, _told(problem), after=problem.after)
    except Exception as problem:  # noqa: BLE001 - whatever a channel raises is a failed attempt
        tried = message.attempts >= MAX_ATTEMPTS
        return Outcome(OutboxState.FAILED if tried else OutboxState.QUEUED, _told(problem))
    return Outcome(OutboxState.SENT, answer=answer)


def settle(
    session: Session, channel: Channel, message: OutboxMessage, outcome: Outcome, *, now: datetime
) -> None:
    """Write down what came of an attempt, with what follows; the next one waits twice as long.

    What somebody else settled meanwhile stays as it is.
    """
    again = outcome.state is OutboxState.QUEUED
    values: dict[str, Any] = {"state": outcome.state, "error": outcome.error}
    if again:
        doubled = timedelta(minutes=2 ** min(message.attempts, MAX_ATTEMPTS))
        values["next_attempt_at"] = now + (outcome.after or doubled)
    settled = session.scalar(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message.id,
            OutboxMessage.state.in_((OutboxState.SENDING, OutboxState.UNKNOWN)),
        )
        .values(settled_at=None if again else now, **values)
        .returning(OutboxMessage.id)
    )
    if settled is not None:
        channel.came_of(session, message, outcome, now)


def give_up_silent(session: Session, *, now: datetime, lane: Lane = Lane.OUTBOX) -> int:
    """Say of messages of a lane whose sender was killed that nobody knows; return how many."""
    given_up = session.scalars(
        update(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING,
            OutboxMessage.claimed_at < now - SILENT_AFTER,
            _in(lane),
        )
        .values(state=OutboxState.UNKNOWN, settled_at=now, error=_SILENT)
        .returning(OutboxMessage.id)
    )
    return len(given_up.all())


def unknown_on(session: Session, channel: str) -> ScalarResult[OutboxMessage]:
    """Return the messages of a channel of which nobody knows whether they arrived."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.channel == channel, OutboxMessage.state == OutboxState.UNKNOWN)
        .order_by(OutboxMessage.id)
    )


def find_out(channel: Channel, message: OutboxMessage, *, now: datetime) -> Outcome | None:
    """Return how an unknown outcome is settled by itself, if at all yet; None: it stays unknown."""
    try:
        return channel.find_out(message, now)
    except Exception:  # noqa: BLE001 - a receiver that cannot be asked now is asked again
        return None


def send_again(session: Session, message_id: UUID, *, now: datetime) -> None:
    """Queue a message anew, under the same key, as often as at first."""
    _decide(
        session,
        message_id,
        {"state": OutboxState.QUEUED, "attempts": 0, "next_attempt_at": now, "settled_at": None},
    )


def take_as_sent(session: Session, message_id: UUID, *, now: datetime) -> None:
    """Say that a message has arrived."""
    _decide(session, message_id, {"state": OutboxState.SENT, "settled_at": now})


def undecided() -> Select[OutboxMessage]:
    """Return the select of what failed or is unknown where a person decides."""
    left_alone = [one.name for one in _channels.values() if not one.people_decide]
    return select(OutboxMessage).where(
        OutboxMessage.state.in_(_UNDECIDED), OutboxMessage.channel.not_in(left_alone)
    )


_UNDECIDED = (OutboxState.UNKNOWN, OutboxState.FAILED)


def _decide(session: Session, message_id: UUID, values: dict[str, Any]) -> None:
    decided = session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state.in_(_UNDECIDED))
        .values(**values)
        .returning(OutboxMessage.id)
    )
    if decided is None:
        raise NotFound(N_("No message of this number waits for a decision."))


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:500]
