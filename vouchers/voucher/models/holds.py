"""Holds: each one reason why a voucher is stopped, in force until it is lifted."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id
from vouchers.voucher.states import HOLDS, HoldCause, HoldRule


class VoucherHold(Base):
    """A voucher is held for several reasons at once; lifting one leaves the others in force.

    `reference` says what the cause refers to: the id of an offering, the number of a paper.
    `through` is the last day that it lets be: what was delivered by then may still be recorded.
    `placed_by` and `lifted_by` are None when its cause did it. No provider reads these rows.
    """

    __tablename__ = "voucher_hold"

    id: Mapped[Id]
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    cause: Mapped[HoldCause]
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    placed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[datetime]
    through: Mapped[date | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", "lifted"),
        Index(
            "uq_voucher_hold_live",
            "voucher_id",
            "cause",
            "reference",
            unique=True,
            postgresql_where="lifted_at IS NULL",
        ),
        Index(
            "ix_voucher_hold_because", "cause", "reference", postgresql_where="lifted_at IS NULL"
        ),
    )

    @property
    def rule(self) -> HoldRule:
        """Return what follows from its cause."""
        return HOLDS[self.cause]
