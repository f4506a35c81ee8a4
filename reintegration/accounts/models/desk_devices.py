"""Phones and tablets of a provider's desk: what reception works from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id


class DeskDevice(Base):
    """A code that admits one browser, and once it was used, that browser; both as hashes only."""

    __tablename__ = "desk_device"

    id: Mapped[Id]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_until: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Of what the admitted browser shows; None while the code waits."""
    admitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    admitted_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("code_until > made_at", "ends_later"),
        CheckConstraint(
            "num_nulls(hash, admitted_by, admitted_at, last_seen_at) IN (0, 4)", "admitted_whole"
        ),
    )
