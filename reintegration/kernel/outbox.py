"""Messages that leave the house are rows, committed with the change and delivered by a job.

No network call happens inside a transaction of the domain. An outcome that nobody knows (the
connection broke after sending) stays `unknown` until a person or a reconciliation settles it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base, Id, Json
from reintegration.kernel.ids import new_id

MAX_ATTEMPTS = 8


class OutboxState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


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
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_outbox_message_due", "next_attempt_at", postgresql_where="state = 'queued'"),
    )


class OutcomeUnknown(Exception):
    """The message may or may not have left: it must not be sent again by itself."""


Sender = Callable[[OutboxMessage], None]


def put(
    session: Session, *, channel: str, key: str, payload: dict[str, Any], now: datetime
) -> None:
    """Queue a message; the same key is queued once."""
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
        )
        .on_conflict_do_nothing()  # columns named here would be read: only the deliverer may
    )


def due(session: Session, *, now: datetime, limit: int = 50) -> list[UUID]:
    """Return the ids of the messages that may be tried now, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage.id)
            .where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.next_attempt_at <= now)
            .order_by(OutboxMessage.next_attempt_at)
            .limit(limit)
        )
    )


def deliver(
    session: Session, message_id: UUID, senders: Mapping[str, Sender], *, now: datetime
) -> None:
    """Try one message; its row stays locked meanwhile, so two deliverers never both send it."""
    message = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state == OutboxState.QUEUED)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if message is None:
        return
    message.attempts += 1
    try:
        senders[message.channel](message)
    except OutcomeUnknown as problem:
        _settle(message, OutboxState.UNKNOWN, now, str(problem))
    except Exception as problem:  # noqa: BLE001 - whatever a sender raises is a failed attempt
        message.error = f"{type(problem).__name__}: {problem}"[:500]
        if message.attempts >= MAX_ATTEMPTS:
            _settle(message, OutboxState.FAILED, now, message.error)
        else:
            message.next_attempt_at = now + timedelta(minutes=2**message.attempts)
    else:
        _settle(message, OutboxState.SENT, now, None)


def _settle(message: OutboxMessage, state: OutboxState, now: datetime, error: str | None) -> None:
    message.state, message.settled_at, message.error = state, now, error
