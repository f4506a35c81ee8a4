"""The balances of a month: what stood before it, what it moved, and what stands after it.

They follow from the sums of the whole journal, less what was posted since the month began, in one
statement: so a late month costs what was posted since, and one moment of the books is seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from reintegration.codelists.currencies import HOME
from reintegration.kernel.money import Money, total
from vouchers.books.models import LEDGER_TOTAL, LedgerEntry, LedgerLine
from vouchers.books.states import Account

_ACCOUNT = ("currency", "account")
_DIMENSIONS = (*_ACCOUNT, "fund_id", "budget_line_id", "provider_id")


@dataclass(frozen=True, slots=True)
class Balance:
    """One account in one month, in one currency: debits count up, credits down."""

    account: Account
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """Return what stands after the month."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class PeriodBalance:
    """All accounts of one currency: what they open and close with is zero together."""

    currency: str
    accounts: tuple[Balance, ...]

    @property
    def total(self) -> Balance:
        """Return the sums of all accounts, under no account of its own."""
        parts = (
            total((getattr(one, name) for one in self.accounts), self.currency)
            for name in ("opening", "debit", "credit")
        )
        return Balance(self.accounts[0].account, *parts)

    @property
    def ties_out(self) -> bool:
        """Whether debits and credits are equal, before, in and after the month."""
        found = self.total
        return not found.opening and found.debit == found.credit and not found.closing


@dataclass(frozen=True, slots=True)
class Dimensioned:
    """The balance of an account for one fund, budget line and provider; None: for none."""

    fund_id: UUID | None
    budget_line_id: UUID | None
    provider_id: UUID | None
    balance: Balance


def balances(session: Session, first: date, last: date) -> list[PeriodBalance]:
    """Return the trial balance of a month in each currency, the home currency first."""
    found: dict[str, list[Balance]] = {}
    for row in session.execute(_moved(_ACCOUNT, first, last)):
        found.setdefault(row.currency, []).append(_balance(row))
    in_order = sorted(found.items(), key=lambda item: (item[0] != HOME, item[0]))
    return [PeriodBalance(currency, tuple(accounts)) for currency, accounts in in_order]


def by_dimension(session: Session, first: date, last: date) -> Iterator[Dimensioned]:
    """Give the balances of a month for each fund, budget line, provider and account."""
    statement = _moved(_DIMENSIONS, first, last).execution_options(yield_per=1000)
    for row in session.execute(statement):
        yield Dimensioned(row.fund_id, row.budget_line_id, row.provider_id, _balance(row))


def _balance(row: Any) -> Balance:
    opening, debit, credit = (Money(int(one), row.currency) for one in row[-3:])
    return Balance(Account(row.account), opening, debit, credit)


def _moved(names: Sequence[str], first: date, last: date) -> Select[Any]:
    """Return the sums under each of these names; what neither stands nor moved is left out."""
    line, whole = LedgerLine.__table__.c, LEDGER_TOTAL.c
    within = LedgerEntry.posted_on <= last
    since = (
        select(
            *(line[name] for name in names),
            (line.credit_minor - line.debit_minor).label("opening"),
            case((within, line.debit_minor), else_=0).label("debit"),
            case((within, line.credit_minor), else_=0).label("credit"),
        )
        .select_from(LedgerEntry)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(LedgerEntry.posted_on >= first)
    )
    nothing: ColumnElement[int] = literal_column("0::bigint")
    everything = select(
        *(whole[name] for name in names),
        (whole.debit_minor - whole.credit_minor).label("opening"),
        nothing.label("debit"),
        nothing.label("credit"),
    )
    parts = union_all(since, everything).subquery()
    keys = [parts.c[name] for name in names]
    sums = [func.sum(parts.c[name]) for name in ("opening", "debit", "credit")]
    return (
        select(*keys, *(one.label(f"{name}_minor") for name, one in zip("odc", sums, strict=True)))
        .group_by(*keys)
        .having((sums[0] != 0) | (sums[1] != 0) | (sums[2] != 0))
        .order_by(*keys)
    )
