"""Referrals: what a provider is asked, and exactly what it was shown."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from providers.directory.models import Offering
from providers.referrals.states import ReferralState, RejectionReason
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.base import Base, Currency, Id, Json, Minor
from reintegration.kernel.money_columns import MoneyColumns


class Pseudonym(Base):
    """What one provider calls one person. Another provider calls them something else."""

    __tablename__ = "pseudonym"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    words: Mapped[str]

    __table_args__ = (UniqueConstraint("provider_id", "words"),)


class Referral(Base):
    """One request to one provider for one planned service.

    `disclosure` is the receipt: the exact fields that the provider sees, as the case manager saw
    them before sending. Provider pages are made from it and from nothing else.
    """

    __tablename__ = "referral"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    plan_line_id: Mapped[UUID] = mapped_column(ForeignKey("plan_line.id"), index=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    pseudonym: Mapped[str]
    category: Mapped[ServiceCategory]
    unit: Mapped[Unit]
    units: Mapped[int]
    unit_price_minor: Mapped[Minor]
    currency: Mapped[Currency]
    starts_on: Mapped[date]
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.DRAFT)
    disclosure: Mapped[Json] = mapped_column(JSONB, default=dict)
    match: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """Score, reasons and the rule version that proposed this offering."""
    rejection: Mapped[RejectionReason | None]
    status_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]

    unit_price = MoneyColumns()
    """The offered price of one unit."""

    offering: Mapped[Offering] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("units > 0", "units"),
        Index("ix_referral_provider", "provider_id", "state", "created_at"),
        Index("ix_referral_provider_created", "provider_id", "created_at", "id"),
        Index(
            "ix_referral_past",
            *("offering_id", "state"),
            postgresql_include=["requested_at", "provider_id", "case_id"],
        ),
        Index("ix_referral_created", "created_at", "id"),
        Index("ix_referral_answer_by", "answer_by", postgresql_where="state = 'requested'"),
    )
