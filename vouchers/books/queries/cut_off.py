"""The cut-off list of a month: what happened in it and was posted after it.

Whatever has a day of its own (a delivery, a line of the bank) counts in the books from the day on
which it was posted. Each floor says which of its things fell behind, as a select that ends in one
row per entry; the list is all of them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, func, select, union_all
from sqlalchemy.orm import Session

from reintegration.kernel.money import Money
from reintegration.kernel.ports import Poll
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.states import PostingEvent

behind_of_month = Poll[[Session, date, date], Select[Any]](
    "what happened in a month, its first and last day, and was posted after it"
)
SHOWN = 200
"""How many a page shows; the files have all."""


@dataclass(frozen=True, slots=True)
class Behind:
    """One entry of a later month: the day of its thing, and the day on which it was posted."""

    own_day: date
    posted_on: date
    event: PostingEvent
    reference: str
    amount: Money
    entry_id: UUID


def behind(
    own_day: SQLColumnExpression[Any],
    reference: SQLColumnExpression[Any],
    minor: SQLColumnExpression[Any],
    last: date,
) -> Select[Any]:
    """Return the columns of an answer, of entries after a month; the caller joins its things."""
    columns: tuple[Any, ...] = (
        own_day.label("own_day"),
        LedgerEntry.posted_on.label("posted_on"),
        LedgerEntry.event.label("event"),
        reference.label("reference"),
        minor.label("minor"),
        LedgerEntry.currency.label("currency"),
        LedgerEntry.id.label("entry_id"),
    )
    return select(*columns).where(LedgerEntry.posted_on > last)


ENTRY_MINOR = (
    select(func.sum(LedgerLine.debit_minor))
    .where(LedgerLine.entry_id == LedgerEntry.id)
    .scalar_subquery()
)
"""What an entry of one leg amounts to."""


def first_of(session: Session, first: date, last: date, limit: int = SHOWN) -> list[Behind]:
    """Return the first entries of the list, in the order of posting."""
    return list(_read(session, _every(session, first, last).limit(limit)))


def sums(session: Session, first: date, last: date) -> list[tuple[Money, int]]:
    """Return what all of them amount to in each currency, without sign, and how many they are."""
    listed = _union(session, first, last)
    if listed is None:
        return []
    found = listed.subquery()
    rows = session.execute(
        select(found.c.currency, func.sum(func.abs(found.c.minor)), func.count())
        .group_by(found.c.currency)
        .order_by(found.c.currency)
    )
    return [(Money(int(minor), currency), count) for currency, minor, count in rows]


def every(session: Session, first: date, last: date) -> Iterator[Behind]:
    """Give every entry of the list, in the order of posting; memory holds a thousand."""
    yield from _read(session, _every(session, first, last).execution_options(yield_per=1000))


def _union(session: Session, first: date, last: date) -> Any:
    parts = behind_of_month(session, first, last)
    return union_all(*parts) if parts else None


def _every(session: Session, first: date, last: date) -> Select[Any]:
    found = _union(session, first, last).subquery()
    return select(found).order_by(found.c.posted_on, found.c.own_day, found.c.entry_id)


def _read(session: Session, statement: Select[Any]) -> Iterator[Behind]:
    for row in session.execute(statement):
        amount = Money(int(row.minor), row.currency)
        event = PostingEvent(row.event)
        yield Behind(row.own_day, row.posted_on, event, row.reference, amount, row.entry_id)
