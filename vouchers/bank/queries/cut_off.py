"""Lines of the bank that were booked in a month and posted after it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func
from sqlalchemy.orm import Session

from vouchers.bank.models import BankLine, BankMatch, LineEnding
from vouchers.bank.states import Resolution
from vouchers.books.models import LedgerEntry
from vouchers.books.queries.cut_off import ENTRY_MINOR, behind
from vouchers.books.states import PostingEvent, SourceType
from vouchers.payments.models import PaymentOrder


def lines(session: Session, first: date, last: date) -> list[Select[Any]]:
    """Return them: what was posted for a line itself, a grant, a return, payments."""
    del session  # it is asked within the statement that needs it
    named = func.coalesce(
        func.nullif(BankLine.bank_reference, ""), func.nullif(BankLine.remittance, ""), ""
    )
    of_line = and_(
        LedgerEntry.source_type == SourceType.BANK_LINE, LedgerEntry.source_id == BankLine.id
    )
    of_grant = and_(LineEnding.entry_id == LedgerEntry.id, LineEnding.kind == Resolution.GRANT)
    of_return = and_(
        LedgerEntry.posted_at == BankLine.resolved_at,
        LedgerEntry.event.in_(_RETURNED),
        LedgerEntry.currency == BankLine.currency,
    )
    booked = BankLine.booked_on.between(first, last)
    itself = behind(BankLine.booked_on, named, ENTRY_MINOR, last)
    return [
        itself.join_from(BankLine, LedgerEntry, of_line).where(booked),
        itself.join_from(BankLine, LineEnding, LineEnding.bank_line_id == BankLine.id)
        .join(LedgerEntry, of_grant)
        .where(booked, LineEnding.undone_at.is_(None)),
        itself.join_from(BankLine, LedgerEntry, of_return).where(
            booked, BankLine.resolution == Resolution.RETURNED
        ),
        behind(BankLine.booked_on, PaymentOrder.reference, BankMatch.amount_minor, last)
        .join_from(BankLine, BankMatch, BankMatch.bank_line_id == BankLine.id)
        .join(PaymentOrder, PaymentOrder.id == BankMatch.payment_order_id)
        .join(
            LedgerEntry,
            and_(
                LedgerEntry.source_type == SourceType.PAYMENT_ORDER,
                LedgerEntry.source_id == PaymentOrder.id,
                LedgerEntry.event == PostingEvent.SETTLED_BY_BANK,
                LedgerEntry.posted_at >= BankMatch.matched_at,
            ),
        )
        .where(booked, BankMatch.undone_at.is_(None)),
    ]


_RETURNED = (
    PostingEvent.RETURNED_OPEN,
    PostingEvent.RETURNED_CLAWED,
    PostingEvent.RETURN_CHARGES,
    PostingEvent.RETURN_CHARGES_CLAWED,
)
"""A return is posted for its payment, at the moment at which its line is settled."""
