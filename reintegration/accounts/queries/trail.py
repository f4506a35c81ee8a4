"""Reading the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel.audit import AuditEvent, AuditSeal
from reintegration.kernel.search import has_words
from reintegration.web.paging import Page, page_of

_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What an auditor looks for; empty fields do not narrow."""

    action: str = ""
    actor: str = ""
    subject_id: UUID | None = None
    since: datetime | None = None


def trail(session: Session, wanted: TrailFilter, *, cursor: str | None) -> Page[AuditEvent]:
    """Return a page of the trail, newest first.

    `action` is a beginning, such as `voucher:`, `actor` are words of somebody's name or e-mail.
    """
    statement = select(AuditEvent)
    if wanted.action:
        statement = statement.where(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.actor:
        statement = statement.where(AuditEvent.actor_id.in_(_called(session, wanted.actor)))
    if wanted.subject_id:
        statement = statement.where(
            or_(AuditEvent.subject_id == wanted.subject_id, AuditEvent.case_id == wanted.subject_id)
        )
    if wanted.since:
        statement = statement.where(AuditEvent.at >= wanted.since)
    return page_of(session, statement, keys=[AuditEvent.id], cursor=cursor, size=50)


def _called(session: Session, words: str) -> Sequence[UUID]:
    """Return who has the words, as ids: the index of the trail serves few ids, not a join."""
    by_name = select(User.id).where(has_words(words, User.name, User.email)).order_by(User.id)
    return session.scalars(by_name.limit(_PEOPLE)).all()


def sealed_count(session: Session) -> int:
    """Return how many events are sealed."""
    return session.scalar(select(func.max(AuditSeal.position))) or 0
