"""The case file: the second plane. It is seen by assignment, not by rank."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from reintegration.cases.states import (
    CaseState,
    ClosureReason,
    ContactChannel,
    IdentificationStatus,
    MemberRole,
    NoteKind,
)
from reintegration.codelists.people import AccessNeed, Sex
from reintegration.codelists.spoken_languages import SPOKEN
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel.base import Base, Id
from reintegration.kernel.coded import Registered


class CaseFile(Base):
    """A person's case under a random code. No name stands here."""

    __tablename__ = "case_file"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.INTAKE)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    manager_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    identification: Mapped[IdentificationStatus] = mapped_column(
        default=IdentificationStatus.PENDING
    )
    language: Mapped[str] = mapped_column(Registered(SPOKEN.known), default="ro")
    sex: Mapped[Sex] = mapped_column(default=Sex.UNSPECIFIED)
    birth_year: Mapped[int | None]
    territorial_unit: Mapped[str | None] = mapped_column(Registered(lambda: TERRITORIAL_UNITS))
    dependants: Mapped[int] = mapped_column(default=0)
    access_needs: Mapped[list[AccessNeed]] = mapped_column(default=list)
    excluded_units: Mapped[list[str]] = mapped_column(
        ARRAY(Registered(lambda: TERRITORIAL_UNITS)), default=list
    )
    contact_channel: Mapped[ContactChannel] = mapped_column(default=ContactChannel.NONE)
    contact_hours: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closure_reason: Mapped[ClosureReason | None]
    updated_at: Mapped[datetime]

    case_id: Mapped[UUID] = synonym("id")
    """The name under which rules look for the caseload."""
    members: Mapped[list["CaseMember"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", back_populates="case"
    )

    __table_args__ = (
        CheckConstraint("dependants >= 0", "dependants"),
        Index("ix_case_file_updated", "updated_at", "id"),
    )


class CaseMember(Base):
    """Who works on a case. Row-level security and the caseload both read this table."""

    __tablename__ = "case_member"

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[MemberRole]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    case: Mapped[CaseFile] = relationship(back_populates="members")

    __table_args__ = (Index("ix_case_member_user", "user_id", "case_id"),)


class CaseOrigin(Base):
    """Under which reference a case ran before it came in: found by a keyed hash, read by the team.

    The reference is sealed under the person's key. The hash stays when that is destroyed, so that
    no old table brings somebody back who was erased.
    """

    __tablename__ = "case_origin"

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True
    )
    reference_index: Mapped[bytes] = mapped_column(unique=True)
    reference_sealed: Mapped[bytes]
    brought_at: Mapped[datetime]
    brought_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class Note(Base):
    """A note in the case file; sealed under the person's key. Corrected by a later note."""

    __tablename__ = "case_note"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[NoteKind]
    body_sealed: Mapped[bytes]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    written_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
