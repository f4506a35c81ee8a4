"""Telling people things inside the house."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.ids import new_id


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
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "key": key,
            "message": message,
            "params": params,
            "link": link,
            "sent_at": now,
        }
        for user_id in set(user_ids)
    ]
    if rows:
        # Columns named here would be read, and nobody reads another person's inbox.
        session.execute(insert(InboxMessage).on_conflict_do_nothing(), rows)


def mark_read(session: Session, user_id: UUID, *, now: datetime) -> None:
    """Mark everything in a person's inbox as read."""
    session.execute(
        update(InboxMessage)
        .where(InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None))
        .values(read_at=now)
    )
