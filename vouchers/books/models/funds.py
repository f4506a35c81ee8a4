"""Funds and their budget lines."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.codelists.eligibility import Terms
from reintegration.codelists.people import AgeGroup, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import districts_and_banks
from reintegration.kernel.base import Base, Currency, Id, Minor
from reintegration.kernel.coded import Registered
from reintegration.kernel.money_columns import MoneyColumns


class Fund(Base):
    """Money from one grant, in the currency in which it is spent."""

    __tablename__ = "fund"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    donor: Mapped[str]
    currency: Mapped[Currency]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]

    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        back_populates="fund", order_by="BudgetLine.code"
    )

    __table_args__ = (CheckConstraint("ends_on >= starts_on", "dates"),)


class BudgetLine(Base):
    """A part of a fund for one purpose.

    `available_minor` is account 9100 of this line, kept under a CHECK and changed by conditional
    updates only: a sum over the journal lets concurrent issues through.
    """

    __tablename__ = "budget_line"

    id: Mapped[Id]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    currency: Mapped[Currency]
    available_minor: Mapped[Minor] = mapped_column(default=0)
    categories: Mapped[list[ServiceCategory]] = mapped_column(default=list)
    """The services that it may pay; none named: any."""
    ages: Mapped[AgeGroup] = mapped_column(default=AgeGroup.ANY)
    sex_policy: Mapped[SexPolicy] = mapped_column(default=SexPolicy.ANY)
    places: Mapped[list[str]] = mapped_column(ARRAY(Registered(districts_and_banks)), default=list)
    """Districts, or banks of the Nistru, of those whom it may help; none named: any."""
    pays_from: Mapped[date | None]
    pays_until: Mapped[date | None]
    closed_at: Mapped[datetime | None]

    available = MoneyColumns()
    """What may still be committed."""

    fund: Mapped[Fund] = relationship(back_populates="budget_lines", lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("fund_id", "code"),
        CheckConstraint("available_minor >= 0", "available"),
        CheckConstraint("pays_until >= pays_from", "days"),
    )

    @property
    def terms(self) -> Terms:
        """Return what it may pay."""
        return Terms(
            frozenset(self.categories),
            self.ages,
            self.sex_policy,
            frozenset(self.places),
            self.pays_from,
            self.pays_until,
        )

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self.categories = [one for one in ServiceCategory if one in terms.services]
        self.ages, self.sex_policy = terms.ages, terms.sex
        self.places = sorted(terms.places)
        self.pays_from, self.pays_until = terms.first, terms.last


class ConvertedAllocation(Base):
    """What a line in another currency took from its fund; negative when a part went back.

    Append-only by convention: the sums say what the fund has left.
    """

    __tablename__ = "converted_allocation"

    id: Mapped[Id]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    budget_line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"), index=True)
    taken_minor: Mapped[Minor]
    taken_currency: Mapped[Currency]
    given_minor: Mapped[Minor]
    given_currency: Mapped[Currency]
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    rate_on: Mapped[date]
    buffer_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    converted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    converted_at: Mapped[datetime]

    taken = MoneyColumns("taken_currency")
    """In the fund's currency."""
    given = MoneyColumns("given_currency")
    """In the line's currency, at `rate` less the buffer that was held back."""

    __table_args__ = (
        CheckConstraint("taken_currency <> given_currency", "currencies"),
        CheckConstraint("rate > 0", "rate"),
        CheckConstraint("buffer_percent >= 0 AND buffer_percent < 100", "buffer"),
    )


class ExchangeRate(Base):
    """One unit of `base` costs `rate` of `quote` on that day, as the source published it."""

    __tablename__ = "exchange_rate"

    on: Mapped[date] = mapped_column(primary_key=True)
    base: Mapped[Currency] = mapped_column(primary_key=True)
    quote: Mapped[Currency] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    source: Mapped[str]

    __table_args__ = (CheckConstraint("rate > 0", "rate"),)
