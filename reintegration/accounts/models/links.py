"""Links by mail: one lets its reader choose a password, once and for half an hour."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.models.people import User
from reintegration.accounts.states import LinkPurpose
from reintegration.kernel.base import Base, Id


class AccountLink(Base):
    """One link; the key in it is derived from a key of the house and stands nowhere."""

    __tablename__ = "account_link"

    id: Mapped[Id]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[LinkPurpose]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was used, or another one was used in its place."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("expires_at > made_at", "ends_later"),)
