"""The directory: providers, sites, offerings, and the documents behind them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from providers.directory.states import Jurisdiction, OfferingState
from reintegration.accounts.models import Organisation
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.people import AccessNeed, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spoken_languages import SPOKEN
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.codelists.units import Unit
from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.coded import Registered
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.search import words_index
from reintegration.kernel.signing import apart


class Provider(Base):
    """A provider of services (HSDS organization); its id is its organisation's."""

    __tablename__ = "provider"

    id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    legal_name: Mapped[str]
    identifier: Mapped[str] = mapped_column(unique=True)
    """The state's number: IDNO on the right bank, the fiscal code on the left."""
    jurisdiction: Mapped[Jurisdiction]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    provider_id: Mapped[UUID] = synonym("id")
    """The name under which rules look for the own organisation."""
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    sites: Mapped[list["Site"]] = relationship(back_populates="provider", order_by="Site.name")
    offerings: Mapped[list["Offering"]] = relationship(
        back_populates="provider", order_by="(Offering.name, Offering.id)"
    )
    documents: Mapped[list["VettingDocument"]] = relationship(
        order_by="(VettingDocument.expires_on, VettingDocument.id)"
    )

    __table_args__ = (words_index("provider", "legal_name", "identifier"),)

    @property
    def name(self) -> str:
        """Return the name that people use."""
        return self.organisation.name


class Site(Base):
    """Where services are given (HSDS location). Where that is stands apart: in its `SitePlace`."""

    __tablename__ = "site"

    id: Mapped[Id]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str]
    confidential: Mapped[bool] = mapped_column(default=False)
    access_features: Mapped[list[AccessNeed]] = mapped_column(default=list)

    provider: Mapped[Provider] = relationship(back_populates="sites")
    place: Mapped["SitePlace | None"] = relationship()
    """None for those who may not know it: row-level security hides the row."""

    __table_args__ = (UniqueConstraint("provider_id", "name"), words_index("site", "name"))


class SitePlace(Base):
    """Where a site is, down to its district: of a confidential one, hardly anybody's to read."""

    __tablename__ = "site_place"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    territorial_unit: Mapped[str] = mapped_column(Registered(lambda: TERRITORIAL_UNITS))
    locality: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class Offering(Base):
    """One service at one site (HSDS service at location): vetted, priced, with its limits."""

    __tablename__ = "offering"

    id: Mapped[Id]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    category: Mapped[ServiceCategory]
    unit: Mapped[Unit]
    price_minor: Mapped[Minor]
    currency: Mapped[Currency]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Registered(SPOKEN.known)), default=list)
    sex_policy: Mapped[SexPolicy] = mapped_column(default=SexPolicy.ANY)
    min_age: Mapped[int] = mapped_column(default=0)
    max_age: Mapped[int] = mapped_column(default=120)
    accepts_children: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    places_taken: Mapped[int] = mapped_column(default=0)
    lead_days: Mapped[int] = mapped_column(default=0)
    state: Mapped[OfferingState] = mapped_column(default=OfferingState.DRAFT)
    written_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Everybody who wrote any part of what is offered: none of them checks it."""
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    assessed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    assessed_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    approved_until: Mapped[date | None]
    lapsed_on: Mapped[date | None]
    """The last day of the approval that ended by its date; None since an officer stopped it."""
    suspended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    suspended_for: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    suspension_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    price = MoneyColumns()
    """The agreed price of one unit."""

    provider: Mapped[Provider] = relationship(back_populates="offerings", lazy="joined")
    site: Mapped[Site] = relationship()

    __table_args__ = (
        UniqueConstraint("site_id", "category", "name"),
        CheckConstraint("price_minor > 0", "price"),
        CheckConstraint("min_age >= 0 AND max_age >= min_age", "ages"),
        CheckConstraint(
            "places_taken >= 0 AND (capacity IS NULL OR places_taken <= capacity)", "places"
        ),
        CheckConstraint(
            f"{apart('approved_by', 'assessed_by', 'submitted_by')}"
            " AND NOT (ARRAY[approved_by, approved_for] && written_by)",
            "four_eyes",
        ),
        Index("ix_offering_category", "category", "state"),
        words_index("offering", "name"),
    )


class VettingDocument(Base):
    """A document that was checked, with its term."""

    __tablename__ = "vetting_document"

    id: Mapped[Id]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[DocumentKind]
    reference: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_vetting_document_expiry", "expires_on"),)
