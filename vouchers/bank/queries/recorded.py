"""What people recorded of our accounts before the bank's line came: grants and exchanges."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from vouchers.bank.models import BankLine, LineEnding
from vouchers.bank.states import Resolution
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.states import Account, PostingEvent, SourceType

RECORDED = {
    PostingEvent.GRANT_RECEIVED: "debit_minor",
    PostingEvent.EXCHANGED_IN: "debit_minor",
    PostingEvent.EXCHANGED_OUT: "credit_minor",
}
"""Entries that a person makes without a line, and which side of account 1110 they are on."""


def fitting(session: Session, line: BankLine, limit: int = 20) -> Sequence[LedgerEntry]:
    """Return the entries of a line's account, side and sum that explain no line, newest first.

    A grant that a line recorded itself is none of them, undone or not.
    """
    came_in = line.amount_minor > 0
    side = LedgerLine.debit_minor if came_in else LedgerLine.credit_minor
    wanted = "debit_minor" if came_in else "credit_minor"
    explained = select(LineEnding.id).where(
        LineEnding.entry_id == LedgerEntry.id,
        or_(LineEnding.undone_at.is_(None), LineEnding.kind == Resolution.GRANT),
    )
    return session.scalars(
        select(LedgerEntry)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.source_type == SourceType.BANK_ACCOUNT,
            LedgerEntry.source_id == line.bank_account_id,
            LedgerEntry.event.in_([event for event, on in RECORDED.items() if on == wanted]),
            LedgerEntry.currency == line.currency,
            LedgerLine.account == Account.BANK,
            side == abs(line.amount_minor),
            ~explained.exists(),
        )
        .options(selectinload(LedgerEntry.lines))
        .order_by(LedgerEntry.posted_at.desc(), LedgerEntry.id)
        .limit(limit)
    ).all()
