"""Server-side sessions, and the browsers that they came from; their ids are kept as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.models.people import User
from reintegration.kernel.base import Base
from reintegration.kernel.ids import new_id


class SignInSession(Base):
    """One sign-in. It is dead when ended, idle too long, or past its absolute end."""

    __tablename__ = "sign_in_session"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    """Names it on the page of its owner; it opens nothing."""
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    """Since when it speaks for its person; before that it only waits for a second factor."""
    confirmed_at: Mapped[datetime | None]
    """When the person last showed here that it is still they."""
    must_enrol: Mapped[bool] = mapped_column(default=False)
    """Whether nothing opens before a second factor is set up."""
    device: Mapped[str]
    deputyship_id: Mapped[UUID | None] = mapped_column(ForeignKey("deputyship.id"))
    """By which deputyship the person acts in it now; None: as themselves."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR passed_at IS NOT NULL", "passed_first"),
    )


class KnownBrowser(Base):
    """A browser in which a person has signed in; its cookie opens nothing by itself."""

    __tablename__ = "known_browser"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    last_seen_at: Mapped[datetime]
    passed_until: Mapped[datetime | None]
    """Until when it is asked for no second factor."""
