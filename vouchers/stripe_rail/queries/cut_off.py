"""Lines of the Stripe balance of a month that were posted after it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_
from sqlalchemy.orm import Session

from reintegration.kernel.clock import day_of, start_of
from vouchers.books.models import LedgerEntry
from vouchers.books.models.periods import next_month
from vouchers.books.queries.cut_off import ENTRY_MINOR, behind
from vouchers.books.states import SourceType
from vouchers.stripe_rail.models import StripeLine


def lines(session: Session, first: date, last: date) -> list[Select[Any]]:
    """Return them, by their references at Stripe."""
    del session  # it is asked within the statement that needs it
    return [
        behind(day_of(StripeLine.made_at), StripeLine.reference, ENTRY_MINOR, last)
        .join_from(
            StripeLine,
            LedgerEntry,
            and_(
                LedgerEntry.source_type == SourceType.SERVICE_LINE,
                LedgerEntry.source_id == StripeLine.id,
            ),
        )
        .where(
            StripeLine.made_at >= start_of(first), StripeLine.made_at < start_of(next_month(first))
        )
    ]
