"""The programme's own accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Currency, Id


class BankAccount(Base):
    """An account of the programme. Nothing is paid from it before a second person agreed.

    `profile` names the bank's files: what it takes as payments, how it writes a statement.
    """

    __tablename__ = "bank_account"

    id: Mapped[Id]
    name: Mapped[str]
    holder: Mapped[str]
    iban: Mapped[str] = mapped_column(unique=True)
    bic: Mapped[str] = mapped_column(default="")
    identifier: Mapped[str] = mapped_column(default="")
    currency: Mapped[Currency]
    profile: Mapped[str]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", "four_eyes"),
    )

    @property
    def waits(self) -> bool:
        """Return whether it was proposed and nobody decided yet."""
        return self.approved_at is None and self.retired_at is None

    @property
    def in_use(self) -> bool:
        """Return whether money may leave and arrive here."""
        return self.approved_at is not None and self.retired_at is None
