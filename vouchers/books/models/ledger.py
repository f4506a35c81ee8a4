"""The journal: double entry, append-only, one currency per entry, dimensions on each line."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    column,
    table,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.kernel.base import Base, Currency, Id, Minor, Serial
from reintegration.kernel.money_columns import MoneyColumns
from vouchers.books.states import Account, PostingEvent, SourceType


class LedgerEntry(Base):
    """One posting. `key` says what it is for: the same key posts once."""

    __tablename__ = "ledger_entry"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    event: Mapped[PostingEvent]
    currency: Mapped[Currency]
    posted_on: Mapped[date]
    posted_at: Mapped[datetime]
    source_type: Mapped[SourceType]
    source_id: Mapped[UUID]
    actor_id: Mapped[UUID | None]

    lines: Mapped[list["LedgerLine"]] = relationship(order_by="LedgerLine.id")

    __table_args__ = (
        Index("ix_ledger_entry_source", "source_type", "source_id"),
        Index("ix_ledger_entry_posted", "posted_at", "id"),
        Index(
            "ix_ledger_entry_moves",
            *("posted_at", "id"),
            postgresql_where="event IN ('grant_received', 'allocated', 'reduced', 'moved',"
            " 'opening_fund', 'opening_fund_undone', 'grant_undone')",
        ),
        Index("ix_ledger_entry_day", "posted_on"),
    )


class LedgerLine(Base):
    """One side. A deferred trigger refuses an entry whose debits and credits differ."""

    __tablename__ = "ledger_line"

    id: Mapped[Serial]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account: Mapped[Account]
    currency: Mapped[Currency]
    debit_minor: Mapped[Minor] = mapped_column(default=0)
    credit_minor: Mapped[Minor] = mapped_column(default=0)
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    budget_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_line.id"))
    voucher_id: Mapped[UUID | None]
    provider_id: Mapped[UUID | None]

    debit = MoneyColumns()
    credit = MoneyColumns()

    __table_args__ = (
        CheckConstraint(
            "debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0) <> (credit_minor = 0)",
            "one_side",
        ),
        Index("ix_ledger_line_account", "account", "currency"),
        Index("ix_ledger_line_budget", "budget_line_id", "account"),
        Index("ix_ledger_line_voucher", "voucher_id"),
        Index("ix_ledger_line_provider", "provider_id", "account"),
    )


_SUMMED_BY = ("account", "currency", "event", "fund_id", "budget_line_id", "provider_id")


class LedgerSum(Base):
    """All lines up to the watermark `ledger.lines` with the same dimensions, but for the voucher.

    Whoever wants sums of the whole journal asks `LEDGER_TOTAL`, which adds the lines above.
    """

    __tablename__ = "ledger_sum"

    id: Mapped[Serial]
    account: Mapped[Account]
    currency: Mapped[Currency]
    event: Mapped[PostingEvent]
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    budget_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_line.id"))
    provider_id: Mapped[UUID | None]
    debit_minor: Mapped[Minor]
    credit_minor: Mapped[Minor]
    lines: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint(*_SUMMED_BY, name="uq_ledger_sum", postgresql_nulls_not_distinct=True),
    )


LEDGER_TOTAL = table(
    "ledger_total",
    *(
        column(name, LedgerSum.__table__.c[name].type)
        for name in (*_SUMMED_BY, "debit_minor", "credit_minor", "lines")
    ),
)
"""A view: the rows of `ledger_sum`, and each line above the watermark with `lines` = 1."""
