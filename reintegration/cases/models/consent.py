"""Consent, per scope and per provider: versioned, expiring, withdrawable."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.cases.states import ConsentMode, ConsentScope, Signatory
from reintegration.codelists.languages import Locale
from reintegration.kernel.base import Base, Id


class Consent(Base):
    """One consent. `provider_id` narrows sharing to one provider; None means each one chosen."""

    __tablename__ = "consent"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    scope: Mapped[ConsentScope]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mode: Mapped[ConsentMode]
    signatory: Mapped[Signatory] = mapped_column(default=Signatory.PERSON)
    text_version: Mapped[str]
    locale: Mapped[Locale]
    given_at: Mapped[datetime]
    valid_until: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lapsed_at: Mapped[datetime | None]
    """When what stood on it was stopped, because its last day was over."""
    told_before: Mapped[int | None]
    """How many days before its end the case manager was last told of it."""

    __table_args__ = (
        Index("ix_consent_case", "case_id", "scope"),
        Index(
            "ix_consent_ends",
            "valid_until",
            postgresql_where="withdrawn_at IS NULL AND lapsed_at IS NULL",
        ),
    )

    def is_live(self, today: date) -> bool:
        """Whether it holds today: neither withdrawn nor past its last day."""
        return self.withdrawn_at is None and self.valid_until >= today
