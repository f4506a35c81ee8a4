"""The audit trail: who did and who saw what. Rows are added with the change, sealed later.

No names and no values of the vault stand in a row: only ids, the names of fields, and a reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import Text

from reintegration.kernel import statements, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.base import Base, Json, Serial
from reintegration.kernel.gathering import Appending


class AuditEvent(Base):
    """One act or one look. Append-only: the database refuses UPDATE and DELETE."""

    __tablename__ = "audit_event"

    id: Mapped[Serial]
    at: Mapped[datetime]
    action: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    for_id: Mapped[UUID | None]
    """Whom the actor stood in for, as a deputy."""
    reason: Mapped[str | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    data: Mapped[Json] = mapped_column(JSONB, default=dict)

    __table_args__ = (
        Index("ix_audit_event_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_case", "case_id", "id"),
        Index("ix_audit_event_for", "for_id", "id", postgresql_where="for_id IS NOT NULL"),
        Index("ix_audit_event_at", "at", "id"),
    )


class AuditSeal(Base):
    """The link of one event in the chain; `position` counts without a gap from 1."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A signed statement: at this time the chain had this size and ended in this hash."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an audit row is about; `case_id` lets a person ask who looked at their file."""

    type: str
    id: UUID | None = None
    case_id: UUID | None = None


_COLUMNS = (
    "at",
    "action",
    "actor_kind",
    "actor_id",
    "organisation_id",
    "subject_type",
    "subject_id",
    "case_id",
    "for_id",
    "reason",
    "fields",
    "data",
)
# Who acts may not read the trail, so nothing is returned.
_RECORD = Appending(AuditEvent, _COLUMNS)


class Told(Protocol):
    """What a row may be about: `case_id` may be absent; it is noted when present."""

    id: Any


def _subject(action: str, about: Told | Subject | None) -> Subject:
    if isinstance(about, Subject):
        return about
    return Subject(
        action.partition(":")[0], getattr(about, "id", None), getattr(about, "case_id", None)
    )


def record(
    session: Session,
    action: str,
    about: Told | Subject | None = None,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    fields: Iterable[str] = (),
    data: dict[str, Any] | None = None,
) -> None:
    """Add one row to the trail, in the transaction of the change itself.

    `action` is `subject:verb`, such as `voucher:issue` or `identity:read`; `about` is that subject,
    or names another.
    """
    row = _row(action, _subject(action, about), actor, now, reason, sorted(fields), data or {})
    _RECORD.add(session, dict(zip(_COLUMNS, row, strict=True)))


def leave(
    session: Session,
    action: str,
    about: Told | Subject,
    *,
    actor: Actor,
    now: datetime,
    fields: Iterable[str] = (),
    data: dict[str, Any] | None = None,
) -> None:
    """Add one row about what is only looked at, committed before it is shown."""
    with Session(tries.companion(session)) as own:
        record(own, action, about, actor=actor, now=now, fields=fields, data=data)
        own.commit()


def record_many(
    session: Session,
    about: Iterable[tuple[Subject, dict[str, Any]]],
    *,
    actor: Actor,
    action: str,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    """Add a row for each of many subjects of one act, each with its own data."""
    names = sorted(fields)
    rows = (_row(action, subject, actor, now, None, names, data) for subject, data in about)
    statements.insert_rows(session, AuditEvent, _COLUMNS, rows)


def _row(
    action: str,
    subject: Subject,
    actor: Actor,
    now: datetime,
    reason: str | None,
    fields: list[str],
    data: dict[str, Any],
) -> tuple[Any, ...]:
    who = (actor.kind, actor.id, actor.organisation_id)
    what = (subject.type, subject.id, subject.case_id, actor.for_id)
    return (now, action, *who, *what, reason, fields, dict(data))
