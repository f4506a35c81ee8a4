"""Which notification explains which line of a statement, and what the line says then; pure.

Account, day, amount and currency are equal, and the bank wrote one reference on both. Where two
fit, nothing is explained: a person looks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from vouchers.formats.statement import BankEntry, EntryDetail


class Notice(Protocol):
    """What must be known of an entry of a notification."""

    id: UUID
    booked_on: date
    amount_minor: int
    currency: str
    bank_reference: str
    message_id: str
    is_whole: bool
    details: list[Any]


def details_of(entry: BankEntry) -> tuple[EntryDetail, ...]:
    """Return the payments inside an entry: itself, where the bank names none."""
    if entry.details:
        return entry.details
    return (
        EntryDetail(
            entry.amount_minor,
            entry.currency,
            entry.end_to_end_id,
            entry.message_id,
            entry.payment_information_id,
            entry.bank_reference,
            entry.counterparty_name,
            entry.counterparty_iban,
            entry.remittance,
            entry.return_reason,
            entry.charges_minor,
        ),
    )


def is_whole(entry: BankEntry) -> bool:
    """Whether the payments inside an entry are exactly its amount, and all are named."""
    details = details_of(entry)
    if entry.problems or any(one.currency != entry.currency for one in details):
        return False
    named = all(one.end_to_end_id for one in details)
    return named and sum(one.amount_minor for one in details) == entry.amount_minor


def details_json(entry: BankEntry) -> list[dict[str, Any]]:
    """Return the payments inside an entry, as they are kept."""
    return [asdict(one) for one in details_of(entry)]


def lacks_details(entry: BankEntry) -> bool:
    """Whether a line of a statement does not say which payments it is."""
    return len(entry.details) <= 1 and not entry.end_to_end_id and not entry.problems


def fitting(entry: BankEntry, notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices that explain a line exactly: one, or all parts of one batch; else none."""
    same = [
        one
        for one in notices
        if one.is_whole
        and (one.booked_on, one.currency) == (entry.booking_date, entry.currency)
        and _shares_reference(entry, one)
    ]
    whole = [one for one in same if one.amount_minor == entry.amount_minor]
    if whole:
        return whole if len(whole) == 1 else []
    is_sum = len(same) > 1 and sum(one.amount_minor for one in same) == entry.amount_minor
    return same if is_sum else []


def _shares_reference(entry: BankEntry, notice: Notice) -> bool:
    batch = entry.payment_information_id or entry.message_id
    return bool(
        (entry.bank_reference and entry.bank_reference == notice.bank_reference)
        or (batch and batch == notice.message_id)
    )


def explained(entry: BankEntry, notices: Sequence[Notice]) -> BankEntry:
    """Return a line with the payments that its notices name; its fingerprint stays."""
    details = tuple(_detail(kept) for notice in notices for kept in notice.details)
    if not details:
        return entry
    only = details[0] if len(details) == 1 else None
    reasons = (one.return_reason for one in details if one.return_reason)
    return replace(
        entry,
        details=details,
        is_batch=len(details) > 1,
        end_to_end_id=only.end_to_end_id if only else None,
        counterparty_name=entry.counterparty_name or (only.counterparty_name if only else None),
        counterparty_iban=entry.counterparty_iban or (only.counterparty_iban if only else None),
        return_reason=entry.return_reason or next(reasons, None),
        charges_minor=entry.charges_minor or sum(one.charges_minor for one in details),
    )


def _detail(kept: Mapping[str, Any]) -> EntryDetail:
    return EntryDetail(**kept)


def claimed_once(found: Mapping[int, Sequence[Notice]]) -> dict[int, Sequence[Notice]]:
    """Return what explains each line, without the notices that fit two lines."""
    seen: dict[UUID, int] = {}
    for notices in found.values():
        for one in notices:
            seen[one.id] = seen.get(one.id, 0) + 1
    return {
        place: notices
        for place, notices in found.items()
        if notices and all(seen[one.id] == 1 for one in notices)
    }
