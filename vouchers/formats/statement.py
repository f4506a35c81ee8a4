"""A bank statement and its entries, whatever the format they came in."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reintegration.kernel.money import Money
from vouchers.formats.amounts import spelled
from vouchers.formats.problems import ParseProblem, StatementFileError

DEFAULT_MAX_BYTES = 50 * 1024 * 1024
Reached = Callable[[int, int], object]
"""Hears how much of a file is read, of how much; it is called often."""
_TOLD_ROWS = 8
_TOLD_LETTERS = 60


def nobody_hears(done: int, whole: int) -> None:
    """Tell nobody how much of a file is read."""


class StatementKind(StrEnum):
    """A statement is the account's record; a notification only explains entries of one."""

    STATEMENT = "statement"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One transaction inside an entry; amounts are signed minor units, credit is positive."""

    amount_minor: int
    currency: str
    end_to_end_id: str | None = None
    message_id: str | None = None
    payment_information_id: str | None = None
    bank_reference: str | None = None
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    remittance: str = ""
    return_reason: str | None = None
    charges_minor: int = 0


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One booked line of an account.

    `amount_minor` is what the bank moved, signed (credit is positive), and nothing in `details`
    overrules it. `return_reason` is an ISO 20022 code, RRTN where the bank gives none, RVSL for a
    reversal by the bank itself. `charges_minor` is positive for what the bank took. `fingerprint`
    and `occurrence` together name the line in every later download of the same days.
    """

    account_iban: str
    booking_date: date
    value_date: date | None
    amount_minor: int
    currency: str
    bank_reference: str | None
    end_to_end_id: str | None
    message_id: str | None
    payment_information_id: str | None
    counterparty_name: str | None
    counterparty_iban: str | None
    remittance: str
    return_reason: str | None
    is_batch: bool
    is_charge: bool
    details: tuple[EntryDetail, ...]
    charges_minor: int
    problems: tuple[ParseProblem, ...]
    fingerprint: str
    occurrence: int
    counterparty_code: str | None = None

    @property
    def amount(self) -> Money:
        """Return what the bank moved."""
        return Money(self.amount_minor, self.currency)

    @property
    def charges(self) -> Money:
        """Return what the bank took."""
        return Money(self.charges_minor, self.currency)

    @property
    def key(self) -> tuple[str, int]:
        """Return what makes the line unique; store it under a unique constraint."""
        return self.fingerprint, self.occurrence


@dataclass(frozen=True, slots=True)
class BankStatement:
    """The entries of one account between two balances (signed minor units, or None).

    `skipped` counts what the file has beside them: totals, lines of nothing, what is not booked.
    `layout` names the profile by which a table was read; other formats have none.
    """

    kind: StatementKind
    account_iban: str
    currency: str
    statement_id: str
    from_date: date | None
    to_date: date | None
    opening_minor: int | None
    closing_minor: int | None
    entries: tuple[BankEntry, ...]
    problems: tuple[ParseProblem, ...] = ()
    skipped: int = 0
    layout: str = ""


class LeftOut:
    """Counts what a file has and no entry is, so that nothing is left out unseen."""

    def __init__(self) -> None:
        self._rows: list[str] = []
        self._before: list[str] = []
        self._after: list[str] = []
        self._of_nothing = self._not_booked = 0

    @property
    def count(self) -> int:
        """Return how many there are of all kinds."""
        rows = len(self._rows) + len(self._before) + len(self._after)
        return rows + self._of_nothing + self._not_booked

    def no_entry(self, row: int, text: str) -> None:
        """Note a row that has no day, or only sums up."""
        self._rows.append(f"{row}: {text[:_TOLD_LETTERS]}")

    def before(self, row: int, text: str) -> None:
        """Note a row between the names of the columns and the first line."""
        self._before.append(f"{row}: {text[:_TOLD_LETTERS]}")

    def after(self, row: int, text: str) -> None:
        """Note a row behind the last line."""
        self._after.append(f"{row}: {text[:_TOLD_LETTERS]}")

    def nothing(self) -> None:
        """Note a line that moves nothing."""
        self._of_nothing += 1

    def not_booked(self) -> None:
        """Note an entry that the bank has not booked."""
        self._not_booked += 1

    def problems(self) -> list[ParseProblem]:
        """Return what there is to say of them."""
        kinds: tuple[tuple[str, int, dict[str, str]], ...] = (
            ("skipped_first", len(self._before), {"rows": _first(self._before)}),
            ("no_entries", len(self._rows), {"rows": _first(self._rows)}),
            ("skipped_last", len(self._after), {"rows": _first(self._after)}),
            ("of_nothing", self._of_nothing, {}),
            ("not_booked", self._not_booked, {}),
        )
        return [ParseProblem(code, {"count": n, **more}) for code, n, more in kinds if n]


def _first(rows: list[str]) -> str:
    return "; ".join([*rows[:_TOLD_ROWS], *["…"][: max(len(rows) - _TOLD_ROWS, 0)]])


class Occurrences:
    """Gives each line its fingerprint, and counts equal lines within one file.

    Two equal payments on one day are two lines: they share the fingerprint and differ in the
    occurrence. The statement's id is not part of it, because overlapping downloads change it.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def name(
        self, account: str, booked: date, amount_minor: int, currency: str, *references: str | None
    ) -> tuple[str, int]:
        """Return fingerprint and occurrence; call once for each line, in the file's order."""
        parts = [account, booked.isoformat(), str(amount_minor), currency]
        parts.extend(" ".join(text.split()) if text else "" for text in references)
        fingerprint = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        occurrence = self._seen.get(fingerprint, 0)
        self._seen[fingerprint] = occurrence + 1
        return fingerprint, occurrence


def balance_problems(
    entries: Iterable[BankEntry], currency: str, opening: int | None, closing: int | None
) -> list[ParseProblem]:
    """Say whether opening balance + entries = closing balance; a break is flagged, not refused."""
    if opening is None or closing is None:
        return [ParseProblem("balance_missing")]
    expected = opening + sum(e.amount_minor for e in entries if e.currency == currency)
    if expected == closing:
        return []
    params = {"expected": spelled(expected, currency), "stated": spelled(closing, currency)}
    return [ParseProblem("balance_break", params)]


def refuse_twice(statements: Iterable[BankStatement]) -> None:
    """Refuse a file that holds the same statement twice: its lines would count double."""
    seen = set()
    for item in statements:
        if not item.entries:
            continue
        prints = tuple(entry.fingerprint for entry in item.entries)
        whole = (item.account_iban, item.statement_id, item.opening_minor, hash(prints))
        if whole in seen and item.statement_id:
            raise StatementFileError("statement_twice", statement=item.statement_id)
        seen.add(whole)
