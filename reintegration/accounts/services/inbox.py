"""Telling people things inside the house."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one reader; `message` is a marked source string."""

    reader_id: UUID
    key: str
    message: str
    link: str | None
    params: Mapping[str, Any]


def notify(
    session: Session,
    user_ids: Iterable[UUID],
    key: str,
    message: str,
    *,
    now: datetime,
    link: str | None = None,
    **params: Any,
) -> None:
    """Put `message` (a marked source string) into inboxes; the same `key` arrives once."""
    put(session, [Message(reader, key, message, link, params) for reader in set(user_ids)], now=now)


def put(session: Session, messages: Iterable[Message], *, now: datetime) -> None:
    """Put messages into the inboxes of their readers; the same key arrives once at each."""
    rows = [
        {
            "id": new_id(),
            "user_id": one.reader_id,
            "key": one.key,
            "message": one.message,
            "params": dict(one.params),
            "link": one.link,
            "sent_at": now,
        }
        for one in messages
    ]
    if rows:
        # Columns named here would be read, and nobody reads another person's inbox.
        session.execute(insert(InboxMessage).on_conflict_do_nothing(), rows)


def set_read(session: Session, message: InboxMessage, *, read: bool, now: datetime) -> None:
    """Mark a message as read or as new, with those of the same reader that say the same."""
    session.execute(
        update(InboxMessage)
        .where(
            InboxMessage.user_id == message.user_id,
            InboxMessage.message == message.message,
            InboxMessage.params == message.params,
            InboxMessage.link.is_not_distinct_from(message.link),
            InboxMessage.read_at.is_(None) if read else InboxMessage.read_at.is_not(None),
        )
        .values(read_at=now if read else None)
    )


def answered(session: Session, readers: Iterable[UUID], key: str, *, now: datetime) -> None:
    """Mark as read what was told under keys that begin so: it was answered by an act."""
    session.execute(
        update(InboxMessage)
        .where(
            InboxMessage.user_id.in_(list(readers)),
            InboxMessage.key.startswith(key, autoescape=True),
            InboxMessage.read_at.is_(None),
        )
        .values(read_at=now)
    )


def mark_read(session: Session, user_id: UUID, *, now: datetime) -> None:
    """Mark everything in a person's inbox as read."""
    session.execute(
        update(InboxMessage)
        .where(InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None))
        .values(read_at=now)
    )
