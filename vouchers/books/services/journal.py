"""The one door into the journal. Two statements per posting, whatever its legs."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.statements import insert_rows
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.services.postings import POSTINGS, PostingEvent
from vouchers.books.states import SourceType


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a line is about."""

    fund_id: UUID | None = None
    budget_line_id: UUID | None = None
    voucher_id: UUID | None = None
    provider_id: UUID | None = None

    def but(self, **changes: UUID | None) -> "Dimensions":
        """Return these dimensions with some changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Source:
    """What was posted: `type` and id of the thing that happened."""

    type: SourceType
    id: UUID


@dataclass(frozen=True, slots=True)
class Posting:
    """One event with its amount, positive; the same `key` posts once.

    `credited` gives the credit side other dimensions: a move between budget lines, a replaced
    voucher.
    """

    event: PostingEvent
    amount: Money
    key: str
    source: Source
    about: Dimensions
    credited: Dimensions | None = None


def post(
    session: Session, *postings: Posting, actor: Actor, now: datetime, on: date | None = None
) -> None:
    """Post events in a handful of statements: all or, on a key that was used, none.

    They count from today, or from the day `on`.

    A used key is an IntegrityError; the database refuses an entry that does not balance.
    """
    entries: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for posting in postings:
        more_entries, more_lines = _rows(posting, actor, now, on or local_day(now))
        entries += more_entries
        lines += more_lines
    if not entries:
        return
    for model, rows in ((LedgerEntry, entries), (LedgerLine, lines)):
        insert_rows(session, model, tuple(rows[0]), (tuple(row.values()) for row in rows))


def _rows(
    posting: Posting, actor: Actor, now: datetime, day: date
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    amount = posting.amount
    if amount.minor <= 0:
        raise ValueError(f"{posting.event} posts a positive amount, not {amount}")
    entries, lines = [], []
    for number, legs in enumerate(POSTINGS[posting.event]):
        entry_id = new_id()
        entries.append(
            {
                "id": entry_id,
                "key": f"{posting.key}|{number}",
                "event": posting.event,
                "currency": amount.currency,
                "posted_on": day,
                "posted_at": now,
                "source_type": posting.source.type,
                "source_id": posting.source.id,
                "actor_id": actor.id,
            }
        )
        for leg in legs:
            debit = _line(entry_id, leg.debit, amount, posting.about)
            credit = _line(entry_id, leg.credit, amount, posting.credited or posting.about)
            lines += [
                {**debit, "debit_minor": amount.minor, "credit_minor": 0},
                {**credit, "debit_minor": 0, "credit_minor": amount.minor},
            ]
    return entries, lines


def _line(entry_id: UUID, account: str, amount: Money, about: Dimensions) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "account": str(account),
        "currency": amount.currency,
        "fund_id": about.fund_id,
        "budget_line_id": about.budget_line_id,
        "voucher_id": about.voucher_id,
        "provider_id": about.provider_id,
    }
