"""Server-side sessions: a 256-bit id in the cookie, its hash here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.models.people import User
from reintegration.kernel.base import Base


class SignInSession(Base):
    """One sign-in. It is dead when ended, idle too long, or past its absolute end."""

    __tablename__ = "sign_in_session"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str]
    deputyship_id: Mapped[UUID | None] = mapped_column(ForeignKey("deputyship.id"))
    """By which deputyship the person acts in it now; None: as themselves."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
