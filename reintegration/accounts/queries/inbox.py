"""Reading the inbox."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import bounded, clock
from reintegration.kernel.actor import Actor
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


def told_under(session: Session, readers: Iterable[UUID], keys: Iterable[str]) -> set[str]:
    """Return the keys under which one of these was told; only who sees every inbox may ask."""
    told = InboxMessage.user_id.in_(list(readers)), InboxMessage.key.in_(list(keys))
    return set(session.scalars(select(InboxMessage.key).where(*told).distinct()))


def unread_count(session: Session, user_id: UUID) -> Count:
    """Return how many messages wait unread."""
    unread = InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None)
    return bounded.count(session, select(InboxMessage).where(*unread))


def told_by_day(session: Session, actor: Actor, first: date) -> dict[date, int]:
    """Return how many messages reached the actor on each day from `first` on."""
    day = clock.day_of(InboxMessage.sent_at)
    rows = session.execute(
        select(day, func.count())
        .where(InboxMessage.user_id == actor.id, InboxMessage.sent_at >= clock.start_of(first))
        .group_by(day)
    )
    return dict(rows.all())
