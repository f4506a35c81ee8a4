"""Reading the inbox."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import bounded
from reintegration.kernel.bounded import Count


def inbox(session: Session, user_id: UUID, *, limit: int = 100) -> Sequence[InboxMessage]:
    """Return a person's messages, newest first."""
    return session.scalars(
        select(InboxMessage)
        .where(InboxMessage.user_id == user_id)
        .order_by(InboxMessage.sent_at.desc(), InboxMessage.id)
        .limit(limit)
    ).all()


def unread_count(session: Session, user_id: UUID) -> Count:
    """Return how many messages wait unread."""
    unread = InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None)
    return bounded.count(session, select(InboxMessage).where(*unread))
