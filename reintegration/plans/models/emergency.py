"""The emergency start: a standing allowance that one worker may use and a second ratifies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.signing import apart
from reintegration.plans.states import EmergencyState


class EmergencyStart(Base):
    """One per case."""

    __tablename__ = "emergency_start"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    state: Mapped[EmergencyState] = mapped_column(default=EmergencyState.PENDING)
    started_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    started_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime]
    ratify_by: Mapped[datetime]
    circumstances: Mapped[str] = mapped_column(default="")
    ceiling_minor: Mapped[Minor]
    currency: Mapped[Currency]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")

    ceiling = MoneyColumns()
    """The standing allowance at the time it was used."""

    def holds(self, now: datetime) -> bool:
        """Whether help may be arranged on it: ratified, or still on one person's word."""
        waits = self.state is EmergencyState.PENDING and now <= self.ratify_by
        return waits or self.state is EmergencyState.RATIFIED

    __table_args__ = (
        CheckConstraint(apart("decided_by", "started_by"), "four_eyes"),
        Index("ix_emergency_start_pending", "ratify_by", postgresql_where="state = 'pending'"),
    )
