"""The one door into the journal. Two statements per posting, whatever its legs."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from vouchers.models import LedgerEntry, LedgerLine
from vouchers.services.ledger.postings import POSTINGS, PostingEvent


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

    type: str
    id: UUID


def post(
    session: Session,
    event: PostingEvent,
    amount: Money,
    *,
    key: str,
    source: Source,
    about: Dimensions,
    credited: Dimensions | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Post `event`; the same `key` posts once (a second time is an IntegrityError).

    `credited` gives the credit side other dimensions: a move between budget lines, a replaced
    voucher. The amount is positive; the database refuses an entry that does not balance.
    """
    if amount.minor <= 0:
        raise ValueError(f"{event} posts a positive amount, not {amount}")
    entries, lines = [], []
    for number, legs in enumerate(POSTINGS[event]):
        entry_id = new_id()
        entries.append(
            {
                "id": entry_id,
                "key": f"{key}|{number}",
                "event": event.value,
                "currency": amount.currency,
                "posted_on": local_day(now),
                "posted_at": now,
                "source_type": source.type,
                "source_id": source.id,
                "actor_id": actor.id,
            }
        )
        for leg in legs:
            debit = _line(entry_id, leg.debit, amount, about)
            credit = _line(entry_id, leg.credit, amount, credited or about)
            lines += [
                {**debit, "debit_minor": amount.minor, "credit_minor": 0},
                {**credit, "debit_minor": 0, "credit_minor": amount.minor},
            ]
    session.execute(insert(LedgerEntry), entries)
    session.execute(insert(LedgerLine), lines)


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
