"""What somebody shows beside their password: codes of an app, codes on paper, passkeys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base, Id


class SecondFactor(Base):
    """The app of one person: its secret, sealed for them alone, and the last code that it gave."""

    __tablename__ = "second_factor"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The half minute of the last code that was taken: neither it nor one before serves again."""


class RecoveryCode(Base):
    """One code on paper: a keyed hash, and when it was used."""

    __tablename__ = "recovery_code"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey of one person: the public half of a key that never leaves their device."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
