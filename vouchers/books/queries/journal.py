"""Reading the journal: filters, pages by key, sums, and rows for export."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, selectinload

from reintegration.accounts.models import Organisation
from reintegration.accounts.queries import users
from reintegration.codelists.currencies import HOME
from reintegration.kernel.errors import or_404
from reintegration.kernel.jobs import JobRun
from reintegration.kernel.money import Money
from reintegration.kernel.ports import Port
from reintegration.web.offers import Offer
from reintegration.web.paging import Page, page_of
from vouchers.books.models import LEDGER_TOTAL, BudgetLine, Fund, LedgerEntry, LedgerLine

PAGE_SIZE = 50

voucher_references = Port[[Session, Collection[UUID]], dict[UUID, str]](
    "the references of vouchers, by their ids"
)
vouchers_called = Port[[Session, str], Select[UUID]]("the ids of the vouchers with a reference")


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What to show; an empty field asks for everything. One currency at a time: sums need one."""

    currency: str
    account: str = ""
    event: str = ""
    provider_id: UUID | None = None
    budget_line_id: UUID | None = None
    voucher: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """All that the lines of a filter debit and credit, and how many they are."""

    debit: Money
    credit: Money
    lines: int


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids on lines are called."""

    budget_lines: dict[UUID, str] = field(default_factory=dict)
    providers: dict[UUID, str] = field(default_factory=dict)
    vouchers: dict[UUID, str] = field(default_factory=dict)


def currencies(session: Session) -> list[str]:
    """Return the currencies of the journal, MDL first."""
    found = session.scalars(select(LEDGER_TOTAL.c.currency).distinct())
    return sorted(found, key=lambda code: (code != HOME, code)) or [HOME]


def entries(session: Session, wanted: JournalFilter, cursor: str | None) -> Page[Any]:
    """Return a page of entries with their lines, newest first."""
    statement = (
        select(LedgerEntry).where(*_of_entry(wanted)).options(selectinload(LedgerEntry.lines))
    )
    of_line = _of_line(session, wanted)
    if of_line:
        matching = select(LedgerLine.entry_id).where(
            LedgerLine.currency == wanted.currency, *of_line
        )
        statement = statement.where(LedgerEntry.id.in_(matching))
    return page_of(
        session,
        statement,
        keys=[LedgerEntry.posted_at, LedgerEntry.id],
        cursor=cursor,
        size=PAGE_SIZE,
    )


def matching_lines(
    session: Session, wanted: JournalFilter, found: Iterable[LedgerEntry]
) -> dict[UUID, list[LedgerLine]]:
    """Return the lines of these entries that the filter asks for, by entry."""
    listed = list(found)
    of_line = _of_line(session, wanted)
    if not of_line:
        return {entry.id: entry.lines for entry in listed}
    ids = set(
        session.scalars(
            select(LedgerLine.id).where(
                LedgerLine.entry_id.in_([entry.id for entry in listed]), *of_line
            )
        )
    )
    return {entry.id: [line for line in entry.lines if line.id in ids] for entry in listed}


def totals(session: Session, wanted: JournalFilter) -> Totals:
    """Return the sums of all lines that the filter asks for: the kept ones, where they can tell."""
    if wanted.voucher or wanted.since or wanted.until:
        sums = func.sum(LedgerLine.debit_minor), func.sum(LedgerLine.credit_minor), func.count()
        statement = _lines(session, wanted, *sums)
    else:
        statement = _kept(wanted)
    debit, credit, lines = (int(found or 0) for found in session.execute(statement).one())
    return Totals(Money(debit, wanted.currency), Money(credit, wanted.currency), lines)


def has_more_than(session: Session, wanted: JournalFilter, most: int) -> bool:
    """Whether the filter asks for more lines than `most`; no more of them are looked at."""
    return session.scalar(_lines(session, wanted, LedgerLine.id).offset(most).limit(1)) is not None


def rows(
    session: Session, wanted: JournalFilter
) -> Iterator[tuple[LedgerEntry, LedgerLine, Names]]:
    """Give every line that the filter asks for, its entry, and the names on it, oldest first.

    Memory holds a thousand of them at a time.
    """
    found = session.execute(
        _lines(session, wanted, LedgerEntry, LedgerLine)
        .order_by(LedgerEntry.posted_at, LedgerEntry.id, LedgerLine.id)
        .execution_options(yield_per=1000)
    )
    for some in found.partitions():
        names = names_of(session, [line for _entry, line in some])
        yield from ((entry, line, names) for entry, line in some)


def entry_or_404(session: Session, entry_id: UUID) -> LedgerEntry:
    """Return an entry with its lines; row-level security hides it from all but the books."""
    return or_404(session.get(LedgerEntry, entry_id, options=[selectinload(LedgerEntry.lines)]))


def siblings(session: Session, entry: LedgerEntry) -> list[LedgerEntry]:
    """Return the other entries of the same thing, in the order of posting."""
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.source_type == entry.source_type,
                LedgerEntry.source_id == entry.source_id,
                LedgerEntry.id != entry.id,
            )
            .options(selectinload(LedgerEntry.lines))
            .order_by(LedgerEntry.posted_at, LedgerEntry.id)
            .limit(50)
        )
    )


def names_of(session: Session, lines: Iterable[LedgerLine]) -> Names:
    """Return what the dimensions of these lines are called, in three statements."""
    listed = list(lines)
    providers = {line.provider_id for line in listed if line.provider_id}
    vouchers = {line.voucher_id for line in listed if line.voucher_id}
    return Names(
        budget_lines=budget_line_names(session),
        providers=_names(session, Organisation.id, Organisation.name, providers),
        vouchers=voucher_references(session, vouchers) if vouchers else {},
    )


def budget_line_names(session: Session) -> dict[UUID, str]:
    """Return fund and code of each budget line, by id."""
    rows = session.execute(
        select(BudgetLine.id, Fund.code, BudgetLine.code)
        .join(Fund, Fund.id == BudgetLine.fund_id)
        .order_by(Fund.code, BudgetLine.code)
    )
    return {
        line_id: line if line.startswith(fund) else f"{fund} · {line}"
        for line_id, fund, line in rows
    }


def providers(session: Session, *, search: str, chosen: object) -> Offer[Organisation]:
    """Offer the providers that anything was posted about, by name."""
    posted = exists().where(LedgerLine.provider_id == Organisation.id)
    return users.providers(session, posted, search=search, chosen=chosen)


def posted_by_day(session: Session, first: date, last: date) -> dict[date, int]:
    """Return how many entries were posted on each of these days."""
    day = LedgerEntry.posted_on
    rows = session.execute(select(day, func.count()).where(day.between(first, last)).group_by(day))
    return dict(rows.all())


def last_runs(session: Session, *jobs: str) -> list[JobRun]:
    """Return the newest finished run of each job that ran, the newest of them first."""
    newest = (
        select(JobRun)
        .where(JobRun.job.in_(jobs), JobRun.finished_at.is_not(None))
        .ext(distinct_on(JobRun.job))
        .order_by(JobRun.job, JobRun.slot.desc())
    )
    return sorted(session.scalars(newest), key=lambda run: run.slot, reverse=True)


def _names(session: Session, key: Any, name: Any, wanted: set[UUID]) -> dict[UUID, str]:
    if not wanted:
        return {}
    return dict(session.execute(select(key, name).where(key.in_(wanted))).all())


def _lines(session: Session, wanted: JournalFilter, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(LedgerLine)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(*_of_entry(wanted), *_of_line(session, wanted))
    )


def _kept(wanted: JournalFilter) -> Select[Any]:
    total = LEDGER_TOTAL.c
    asked = {
        total.account: wanted.account,
        total.event: wanted.event,
        total.provider_id: wanted.provider_id,
        total.budget_line_id: wanted.budget_line_id,
    }
    return select(
        func.sum(total.debit_minor), func.sum(total.credit_minor), func.sum(total.lines)
    ).where(
        total.currency == wanted.currency,
        *(column == value for column, value in asked.items() if value),
    )


def _of_entry(wanted: JournalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [LedgerEntry.currency == wanted.currency]
    if wanted.event:
        found.append(LedgerEntry.event == wanted.event)
    if wanted.since:
        found.append(LedgerEntry.posted_on >= wanted.since)
    if wanted.until:
        found.append(LedgerEntry.posted_on <= wanted.until)
    return found


def _of_line(session: Session, wanted: JournalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.account:
        found.append(LedgerLine.account == wanted.account)
    if wanted.provider_id:
        found.append(LedgerLine.provider_id == wanted.provider_id)
    if wanted.budget_line_id:
        found.append(LedgerLine.budget_line_id == wanted.budget_line_id)
    if wanted.voucher:
        named = vouchers_called(session, wanted.voucher)
        found.append(LedgerLine.voucher_id.in_(named))
    return found
