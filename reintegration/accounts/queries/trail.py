"""Reading the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel.audit import AuditEvent, AuditSeal
from reintegration.web.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What an auditor looks for; empty fields do not narrow."""

    action: str = ""
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    since: datetime | None = None


def trail(session: Session, wanted: TrailFilter, *, cursor: str | None) -> Page[AuditEvent]:
    """Return a page of the trail, newest first; `action` is a beginning, such as `voucher:`."""
    statement = select(AuditEvent)
    if wanted.action:
        statement = statement.where(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.actor_id:
        statement = statement.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.subject_id:
        statement = statement.where(
            or_(AuditEvent.subject_id == wanted.subject_id, AuditEvent.case_id == wanted.subject_id)
        )
    if wanted.since:
        statement = statement.where(AuditEvent.at >= wanted.since)
    return page_of(session, statement, keys=[AuditEvent.id], cursor=cursor, size=50)


def sealed_count(session: Session) -> int:
    """Return how many events are sealed."""
    return session.scalar(select(func.max(AuditSeal.position))) or 0
