"""Deliveries of a month that were posted after it: recorded, synchronised or confirmed late."""

from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from vouchers.books.models import LedgerEntry
from vouchers.books.queries.cut_off import behind
from vouchers.books.states import PostingEvent, SourceType
from vouchers.voucher.models import Redemption


def deliveries(session: Session, first: date, last: date) -> list[Select[Any]]:
    """Return them, by their receipts; a posting has an entry in either book, counted once."""
    del session  # it is asked within the statement that needs it
    listed = behind(Redemption.delivered_on, Redemption.receipt, Redemption.amount_minor, last)
    return [
        listed.join_from(
            Redemption,
            LedgerEntry,
            (LedgerEntry.source_type == SourceType.REDEMPTION)
            & (LedgerEntry.source_id == Redemption.id),
        ).where(
            Redemption.delivered_on.between(first, last),
            LedgerEntry.event == PostingEvent.REDEEMED,
            LedgerEntry.key.like("%|1"),
        )
    ]
