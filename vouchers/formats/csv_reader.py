"""Statements as CSV: each row of the table an entry, left out and told, or refused with its row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice

from reintegration.kernel import dates
from reintegration.kernel.amounts import csv as csv_amount
from reintegration.kernel.amounts import currency_called
from reintegration.kernel.text import plain
from vouchers.formats import csv_table
from vouchers.formats.amounts import currency_code, minor_of
from vouchers.formats.csv_profile import CsvProfile, direction
from vouchers.formats.csv_table import Table
from vouchers.formats.days import day_of
from vouchers.formats.iban import compact
from vouchers.formats.letters import text_of
from vouchers.formats.problems import ParseProblem, StatementFileError, refused_rows
from vouchers.formats.references import meaningful
from vouchers.formats.statement import (
    DEFAULT_MAX_BYTES,
    BankEntry,
    BankStatement,
    LeftOut,
    Occurrences,
    Reached,
    StatementKind,
    nobody_hears,
)

_NOTHING = frozenset("-–—")
_WRAP = len('=""')
_AMOUNTS = ("amount", "debit", "credit")


def read_csv(
    data: bytes,
    profile: CsvProfile | None = None,
    *,
    max_bytes: int = DEFAULT_MAX_BYTES,
    reached: Reached = nobody_hears,
) -> list[BankStatement]:
    """Return one statement for each account and currency, or refuse the file whole.

    Lines above the heading say the account and the currency, where no column does. A row without
    a day, or of nothing, is no entry: it is counted and told in the first statement. A refusal
    names each of the first rows that cannot be read.
    """
    profile = profile or CsvProfile()
    if len(data) > max_bytes:
        raise StatementFileError("too_large", limit_mb=max_bytes // (1024 * 1024))
    table = csv_table.find(text_of(data, profile.encoding, profile.in_doubt), profile)
    left_out = LeftOut()
    accounts: dict[tuple[str, str], list[BankEntry]] = {}
    refused: list[StatementFileError] = []
    for done, row in enumerate(_as_read(table, profile, left_out)):
        reached(done, len(table.rows))
        if row.problem is not None:
            refused.append(row.problem)
        if row.entry is not None:
            kept = accounts.setdefault((row.entry.account_iban, row.entry.currency), [])
            if row.entry.amount_minor:
                kept.append(row.entry)
    if refused:
        raise refused_rows(refused)
    if not accounts:
        raise StatementFileError("no_statement")
    problems = left_out.problems()
    told = [tuple(problems), *[()] * len(accounts)]
    return [
        _statement(key, entries, noticed, left_out.count if noticed else 0, profile.name)
        for (key, entries), noticed in zip(accounts.items(), told, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row of the table became: an entry, a refusal, or neither, where it is left out."""

    number: int
    cells: Sequence[str]
    entry: BankEntry | None = None
    problem: StatementFileError | None = None


def rows_as_read(text: str, profile: CsvProfile, *, most: int) -> list[ReadRow]:
    """Return what each of the first rows becomes, for a person who looks before it is kept."""
    table = csv_table.find(text, profile)
    return list(islice(_as_read(table, profile, LeftOut()), most))


def _as_read(table: Table, profile: CsvProfile, left_out: LeftOut) -> Iterator[ReadRow]:
    """Yield what each row of a table becomes, in the order of the file; count what is left out."""
    for number, cells in table.before:
        left_out.before(number, _joined(cells))
        yield ReadRow(number, cells)
    rows = [_Row.of(number, cells, table, profile) for number, cells in table.rows]
    dated: dict[int, _Row] = {}
    refused: dict[int, StatementFileError] = {}
    for place, row in enumerate(rows):
        try:
            if row.is_entry(left_out):
                dated[place] = row
        except StatementFileError as error:
            refused[place] = error
    signs, occurrences = _Signs.of(dated.values()), Occurrences()
    for place, (number, cells) in enumerate(table.rows):
        found = dated.get(place)
        if found is None:
            yield ReadRow(number, cells, problem=refused.get(place))
            continue
        try:
            entry = _entry(found, signs, occurrences)
        except StatementFileError as error:
            yield ReadRow(number, cells, problem=error)
            continue
        if not entry.amount_minor:
            left_out.nothing()
        yield ReadRow(number, cells, entry)
    for number, cells in table.after:
        left_out.after(number, _joined(cells))
        yield ReadRow(number, cells)


def _joined(cells: Iterable[str]) -> str:
    return " ".join(" ".join(cells).split())


def _statement(
    key: tuple[str, str],
    entries: Sequence[BankEntry],
    problems: tuple[ParseProblem, ...],
    skipped: int,
    layout: str,
) -> BankStatement:
    days = [entry.booking_date for entry in entries]
    return BankStatement(
        StatementKind.STATEMENT,
        key[0],
        key[1],
        "",
        min(days, default=None),
        max(days, default=None),
        None,
        None,
        tuple(entries),
        problems,
        skipped,
        layout,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a line by what they mean; `account` and `currency` as the file says them."""

    number: int
    cells: Mapping[str, str]
    text: str
    is_short: bool
    account: str | None
    other: str | None
    currency: str | None
    profile: CsvProfile

    @classmethod
    def of(cls, number: int, row: list[str], table: Table, profile: CsvProfile) -> "_Row":
        """Return the row; an account that is not the one above the table is the other side's."""
        cells = {
            name: _unwrapped(row[index], is_sign=name == "direction")
            for name, index in table.columns.items()
            if index < len(row)
        }
        own, other = compact(cells.get("account")), compact(cells.get("counterparty_iban"))
        if table.account and own != table.account and "counterparty_iban" not in table.columns:
            own, other = table.account, own
        written = cells.get("currency")
        return cls(
            number=number,
            cells=cells,
            text=_joined(row),
            is_short=len(row) <= max(table.columns.values()),
            account=own or table.account or compact(profile.account_iban),
            other=other,
            currency=currency_called(written or "") or written or table.currency,
            profile=profile,
        )

    @property
    def where(self) -> str:
        """Return where it stands, for messages."""
        return f"row {self.number}"

    def is_entry(self, left_out: LeftOut) -> bool:
        """Tell whether the row moves money; what has no day, or only sums up, is left out."""
        day = self.cells.get("booking_date", "")
        has_amount = any(self.cells.get(name) for name in _AMOUNTS)
        if not day[:1].isdigit() or not (has_amount or self._is_no_total()):
            left_out.no_entry(self.number, self.text)
            return False
        if self.is_short:
            raise StatementFileError("row_short", row=self.number)
        if not has_amount:
            raise StatementFileError("row_without_amount", row=self.number)
        return True

    def _is_no_total(self) -> bool:
        texts = (self.text, *self.cells.values())
        return not any(plain(text).startswith(self.profile.totals) for text in texts)

    def minor(self, name: str, currency: str) -> int:
        """Return the amount in a column in minor units; an empty cell is nothing."""
        grammar = partial(csv_amount, signs=self.profile.signs)
        return minor_of(grammar, self.cells.get(name) or "0", currency, self.where)

    def starts_below(self, name: str) -> bool:
        """Tell whether the cell of a column is a sum below nothing, before it is read."""
        text = self.cells.get(name, "")
        return bool(text) and (text[0] in "-−–(" or text.rstrip()[-1] in "-−–")

    @property
    def sign(self) -> int | None:
        """Return the sign of the row's direction, or None where it says none."""
        return self.profile.directions.get(direction(self.cells.get("direction", "")))

    def day(self, name: str) -> date:
        """Return the day in a column."""
        shapes = self.profile.date_formats
        return day_of(partial(dates.csv, shapes=shapes), self.cells[name], self.where)


@dataclass(frozen=True, slots=True)
class _Signs:
    """How the table marks what leaves the account: told by all of its rows together.

    `below` are debits that stand below nothing, `above` those that do not.
    """

    below: int
    above: int

    @classmethod
    def of(cls, rows: Iterable[_Row]) -> "_Signs":
        """Count the debits of a table by their sign."""
        found = [row.starts_below(name) for row in rows if (name := _debit_in(row))]
        return cls(sum(found), len(found) - sum(found))


def _unwrapped(cell: str, *, is_sign: bool) -> str:
    """Return a cell without blanks, and without what keeps a spreadsheet from counting: ="0012".

    A dash alone is an empty cell, where it is no sign of a direction.
    """
    bare = cell.strip()
    if len(bare) >= _WRAP and bare.startswith('="') and bare.endswith('"'):
        bare = bare[2:-1].strip()
    return "" if bare in _NOTHING and not is_sign else bare


def _debit_in(row: _Row) -> str | None:
    """Return the column in which a row says a debit, if it does."""
    if "direction" in row.cells and row.cells.get("amount"):
        return "amount" if row.sign == -1 else None
    debit = row.cells.get("debit", "")
    return "debit" if debit.strip("0.,") else None


def _amount(row: _Row, currency: str, signs: _Signs) -> int:
    """Return what the row moves; it raises where a sum below nothing could be two things."""
    if row.cells.get("amount"):
        minor = row.minor("amount", currency)
        if "direction" in row.cells:
            return _directed(row, minor, signs)
        return -minor if row.profile.minus_came_in else minor
    debit, credit = row.minor("debit", currency), row.minor("credit", currency)
    if debit and credit:
        raise StatementFileError("row_two_amounts", row=row.number)
    if row.profile.signed_debit:
        return credit or -abs(debit)
    if debit < 0 and not signs.above and not row.profile.storno:
        raise StatementFileError("row_storno_or_debit", row=row.number, text=row.cells["debit"])
    return credit - debit


def _directed(row: _Row, minor: int, signs: _Signs) -> int:
    """Return the amount with the sign of its direction.

    Where the table writes debits without a sign, one below nothing takes back; where all have
    one, the sign and the direction must say the same.
    """
    sign = row.sign
    takes_back = minor < 0 and signs.above > 0
    if sign is None or (minor < 0 < sign and not takes_back):
        found = row.cells["direction"][:20]
        raise StatementFileError("row_direction", row=row.number, found=found)
    return sign * minor if takes_back else sign * abs(minor)


def _entry(row: _Row, signs: _Signs, occurrences: Occurrences) -> BankEntry:
    cells, profile = row.cells, row.profile
    if row.account is None:
        raise StatementFileError("no_account", row=row.number, statement=profile.name)
    currency = currency_code(row.currency or profile.currency, row.where)
    minor = _amount(row, currency, signs)
    booked = row.day("booking_date")
    reference = meaningful(cells.get("bank_reference") or None)
    end_to_end = meaningful(cells.get("end_to_end_id") or None)
    remittance = " ".join(cells.get("remittance", "").split())
    fingerprint, occurrence = occurrences.name(
        row.account, booked, minor, currency, reference, end_to_end, remittance
    )
    return BankEntry(
        account_iban=row.account,
        booking_date=booked,
        value_date=row.day("value_date") if cells.get("value_date") else None,
        amount_minor=minor,
        currency=currency,
        bank_reference=reference,
        end_to_end_id=end_to_end,
        message_id=None,
        payment_information_id=None,
        counterparty_name=cells.get("counterparty_name") or None,
        counterparty_iban=row.other,
        counterparty_code=cells.get("counterparty_code") or None,
        remittance=remittance,
        return_reason=None,
        is_batch=False,
        is_charge=False,
        details=(),
        charges_minor=0,
        problems=(),
        fingerprint=fingerprint,
        occurrence=occurrence,
    )
