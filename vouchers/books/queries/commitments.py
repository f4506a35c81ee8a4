"""What was promised at the end of a month: carried over into the next one, or lapsed in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.money import Money
from reintegration.kernel.ports import Port

commitments_of_month = Port[[Session, date, date], Select[Any]](
    "the vouchers that held money at the end of a month or lapsed in it, one row each"
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A voucher: what it held at the end of the month, and what the sweep gave back in it."""

    budget_line_id: UUID
    reference: str
    valid_until: date
    carried: Money
    lapsed: Money


@dataclass(frozen=True, slots=True)
class OfLine:
    """All of them on one budget line."""

    budget_line_id: UUID
    vouchers: int
    carried: Money
    lapsed: Money


def each(session: Session, first: date, last: date) -> Iterator[Commitment]:
    """Give every voucher, by budget line and reference; memory holds a thousand."""
    found = commitments_of_month(session, first, last).subquery()
    in_order = select(found).order_by(found.c.budget_line_id, found.c.reference)
    for row in session.execute(in_order.execution_options(yield_per=1000)):
        carried, lapsed = (Money(int(one), row.currency) for one in (row.carried, row.lapsed))
        yield Commitment(row.budget_line_id, row.reference, row.valid_until, carried, lapsed)


def by_line(session: Session, first: date, last: date) -> list[OfLine]:
    """Return the sums of each budget line."""
    found = commitments_of_month(session, first, last).subquery()
    rows = session.execute(
        select(
            found.c.budget_line_id,
            found.c.currency,
            func.count(),
            func.sum(found.c.carried),
            func.sum(found.c.lapsed),
        )
        .group_by(found.c.budget_line_id, found.c.currency)
        .order_by(found.c.budget_line_id)
    )
    return [
        OfLine(line, count, Money(int(carried), currency), Money(int(lapsed), currency))
        for line, currency, count, carried, lapsed in rows
    ]
