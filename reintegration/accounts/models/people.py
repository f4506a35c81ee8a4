"""People who sign in, their roles, their organisations, and tokens of programs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.accounts.states import OrganisationKind
from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import Role
from reintegration.kernel.base import Base, Id
from reintegration.kernel.search import words_index


class Organisation(Base):
    """Where people work: the programme's offices and each provider."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    name: Mapped[str]
    kind: Mapped[OrganisationKind]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    __table_args__ = (words_index("organisation", "name"),)


class User(Base):
    """A person who signs in. `supervisor_id` is who joins the cases that this person opens."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[Locale] = mapped_column(default=Locale.RO)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    supervisor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    roles: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", back_populates="user"
    )

    __table_args__ = (
        Index("uq_user_account_email", text("lower(email)"), unique=True),
        Index("ix_user_account_name", "name", "id"),
        Index("ix_user_account_organisation", "organisation_id"),
        words_index("user_account", "name", "email"),
    )

    @property
    def role_set(self) -> frozenset[Role]:
        """Return the roles as values."""
        return frozenset(Role(held.role) for held in self.roles)


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(primary_key=True)

    user: Mapped[User] = relationship(back_populates="roles")


class ApiToken(Base):
    """A bearer token of a provider's program or device; only its hash is stored."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    label: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    velocity_exempt: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    expires_on: Mapped[date]
    """The last day on which it opens anything."""
    revoked_at: Mapped[datetime | None]

    def is_live(self, today: date) -> bool:
        """Whether it opens something today: neither revoked nor past its last day."""
        return self.revoked_at is None and self.expires_on >= today
