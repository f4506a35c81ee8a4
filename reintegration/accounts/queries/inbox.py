"""Reading the inbox."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import bounded
from reintegration.kernel.bounded import Count
from reintegration.kernel.errors import or_404
from reintegration.web.paging import Page, page_of


def inbox_page(
    session: Session, user_id: UUID, *, unread: bool, cursor: str | None = None
) -> Page[InboxMessage]:
    """Return a page of a person's messages, the newest first; of all, or of what is unread."""
    statement = select(InboxMessage).where(InboxMessage.user_id == user_id)
    if unread:
        statement = statement.where(InboxMessage.read_at.is_(None))
    keys = (InboxMessage.sent_at, InboxMessage.id)
    return page_of(session, statement, keys=keys, cursor=cursor, size=50)


def message_or_404(session: Session, user_id: UUID, message_id: UUID) -> InboxMessage:
    """Return a message of a person, or raise NotFound."""
    own = InboxMessage.user_id == user_id, InboxMessage.id == message_id
    return or_404(session.scalar(select(InboxMessage).where(*own)))


def was_told(session: Session, readers: Iterable[UUID], key: str) -> bool:
    """Whether one of these was told under `key`; only who sees every inbox may ask."""
    told = InboxMessage.user_id.in_(list(readers)), InboxMessage.key == key
    return session.scalar(select(exists().where(*told))) is True


def unread_count(session: Session, user_id: UUID) -> Count:
    """Return how many messages wait unread."""
    unread = InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None)
    return bounded.count(session, select(InboxMessage).where(*unread))
