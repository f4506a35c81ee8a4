"""Asking that every name leaves the house in a sealed file: one asks, another agrees, once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.cases.states import NameExportState
from reintegration.kernel.base import Base, Id
from reintegration.kernel.signing import apart

WAITS_FOR = timedelta(days=7)
"""How long a request waits for a second person."""
USABLE_FOR = timedelta(hours=24)
"""How long the command may use a request after it was approved."""


class NameExport(Base):
    """One request; `recipient` is the public key that the files are sealed to, and no other."""

    __tablename__ = "name_export"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(apart("decided_by", "asked_by"), "four_eyes"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", "decided"),
        CheckConstraint("NOT approved OR decided_at IS NOT NULL", "approved"),
        CheckConstraint("used_at IS NULL OR approved", "used"),
        Index("ix_name_export_asked", "asked_at", "id"),
    )

    def state(self, now: datetime) -> NameExportState:
        """Return where it stands at a moment."""
        if self.used_at is not None:
            return NameExportState.USED
        if self.decided_at is None:
            waits = now < self.asked_at + WAITS_FOR
            return NameExportState.WAITING if waits else NameExportState.OVER
        if not self.approved:
            return NameExportState.DECLINED
        usable = now < self.decided_at + USABLE_FOR
        return NameExportState.APPROVED if usable else NameExportState.OVER
