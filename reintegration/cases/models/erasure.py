"""Asking that a person's name and notes be erased for good: one asks, another does it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id
from reintegration.kernel.signing import apart


class ErasureRequest(Base):
    """One wish to erase, until a supervisor erases or declines."""

    __tablename__ = "erasure_request"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    erased: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(apart("decided_by", "asked_by"), "four_eyes"),
        Index(
            "uq_erasure_request_open", "case_id", unique=True, postgresql_where="decided_at IS NULL"
        ),
    )
