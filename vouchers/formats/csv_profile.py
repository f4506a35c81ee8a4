"""Statements as CSV: a profile says which heading means what; the rest is found out."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from reintegration.kernel import dates
from reintegration.kernel.amounts import FOUND_OUT, Signs
from reintegration.kernel.amounts import csv as csv_amount
from vouchers.formats.amounts import currency_code, minor_of
from vouchers.formats.days import day_of
from vouchers.formats.iban import compact
from vouchers.formats.letters import possible_texts, text_of
from vouchers.formats.problems import StatementFileError
from vouchers.formats.references import meaningful
from vouchers.formats.statement import (
    DEFAULT_MAX_BYTES,
    BankEntry,
    BankStatement,
    Occurrences,
    StatementKind,
)

_DELIMITERS = ";,\t|"
_HEADING_WITHIN = 40

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "booking_date": (
        "booking date",
        "date",
        "transaction date",
        "data",
        "data operatiunii",
        "data tranzactiei",
        "data inregistrarii",
        "дата",
        "дата операции",
        "дата проводки",
    ),
    "value_date": ("value date", "data valutei", "data valuta", "дата валютирования"),
    "amount": ("amount", "suma", "сумма"),
    "debit": ("debit", "paid out", "suma debit", "дебет", "расход"),
    "credit": ("credit", "paid in", "suma credit", "кредит", "приход"),
    "direction": (
        *("d c", "dc", "dt ct", "dt kt", "db cr", "debit credit", "direction", "indicator"),
        *("tip", "tip operatiune", "tip tranzactie", "sens", "type", "transaction type"),
        *("дт кт", "д к", "дебет кредит", "тип", "тип операции"),
    ),
    "currency": ("currency", "valuta", "moneda", "валюта"),
    "account": ("account", "iban", "cont", "contul", "счет", "номер счета"),
    "counterparty_name": (
        "counterparty",
        "name",
        "payee",
        "partener",
        "beneficiar",
        "platitor",
        "denumirea",
        "контрагент",
        "получатель",
        "наименование",
    ),
    "counterparty_iban": (
        "counterparty iban",
        "counterparty account",
        "cont partener",
        "iban partener",
        "contul beneficiarului",
        "счет контрагента",
        "iban контрагента",
        "счет получателя",
    ),
    "remittance": (
        "remittance",
        "description",
        "details",
        "payment details",
        "descriere",
        "destinatia platii",
        "detalii",
        "назначение платежа",
        "назначение",
        "описание",
    ),
    "bank_reference": (
        "bank reference",
        "reference",
        "transaction id",
        "referinta",
        "nr document",
        "numar document",
        "референс",
        "номер документа",
        "номер",
    ),
    "end_to_end_id": ("end to end id", "endtoendid", "end to end reference"),
}
_SIGN = {
    **dict.fromkeys(("d", "dt", "db", "dr", "debit", "д", "дт", "дб", "дебет", "расход"), -1),
    **dict.fromkeys(("c", "ct", "cr", "k", "kt", "credit", "к", "кт", "кр", "кредит", "приход"), 1),
}
"""What stands in a column of directions, and the sign of such an amount."""


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """How one bank writes its CSV; None means: find out.

    `columns` maps fields of BankEntry (and amount or debit and credit, currency, account) to the
    headings that may stand for them, compared without case, accents and punctuation. An amount is
    signed, credit positive, or has a direction beside it; debit and credit columns are unsigned.
    """

    name: str = "general"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: HEADINGS)
    delimiter: str | None = None
    encoding: str | None = None
    signs: Signs = FOUND_OUT
    date_formats: tuple[str, ...] = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y")
    account_iban: str | None = None
    currency: str | None = None
    left_out: tuple[str, ...] = ("total", "итого", "sold", "остаток", "balance", "rulaj")


@dataclass(frozen=True, slots=True)
class _Table:
    columns: Mapping[str, int]
    rows: list[tuple[int, list[str]]]


def read_csv(
    data: bytes, profile: CsvProfile | None = None, *, max_bytes: int = DEFAULT_MAX_BYTES
) -> list[BankStatement]:
    """Return one statement for each account and currency, or refuse the file whole.

    Lines above the heading are passed over, and so are rows that begin with a word such as total.
    """
    profile = profile or CsvProfile()
    if len(data) > max_bytes:
        raise StatementFileError("too_large", limit_mb=max_bytes // (1024 * 1024))
    table = _table(data, profile)
    occurrences = Occurrences()
    accounts: dict[tuple[str, str], list[BankEntry]] = {}
    for number, row in table.rows:
        entry = _entry(number, _cells(table, number, row), profile, occurrences)
        accounts.setdefault((entry.account_iban, entry.currency), []).append(entry)
    if not accounts:
        raise StatementFileError("no_statement")
    return [_statement(key, entries) for key, entries in accounts.items()]


def _statement(key: tuple[str, str], entries: list[BankEntry]) -> BankStatement:
    days = [entry.booking_date for entry in entries]
    return BankStatement(
        StatementKind.STATEMENT,
        key[0],
        key[1],
        "",
        min(days),
        max(days),
        None,
        None,
        tuple(entries),
    )


def has_heading(data: bytes, profile: CsvProfile | None = None) -> bool:
    """Tell whether the bytes begin like a CSV that the profile can read."""
    known = profile or CsvProfile()
    texts = possible_texts(data, known.encoding)
    return any(_heading(text, known)[0] is not None for text in texts)


def _table(data: bytes, profile: CsvProfile) -> _Table:
    table, found = _heading(text_of(data, profile.encoding), profile)
    if table is not None:
        return table
    missing = "booking_date" if "amount" in found else "booking_date, amount"
    raise StatementFileError("column_missing", column=missing, found=", ".join(found)[:200])


def _heading(text: str, profile: CsvProfile) -> tuple[_Table | None, list[str]]:
    lines = text.splitlines()[:_HEADING_WITHIN]
    widest: list[str] = []
    for delimiter in profile.delimiter or _DELIMITERS:
        for index, line in enumerate(lines):
            cells = next(csv.reader([line], delimiter=delimiter), [])
            columns = _columns(cells, profile)
            if _is_heading(columns):
                return _Table(columns, list(_rows(text, index, delimiter, profile))), cells
            widest = max(widest, [cell.strip() for cell in cells], key=len)
    return None, widest


def _is_heading(columns: Mapping[str, int]) -> bool:
    amounts = "amount" in columns or ("debit" in columns and "credit" in columns)
    return amounts and "booking_date" in columns


def _columns(cells: list[str], profile: CsvProfile) -> dict[str, int]:
    places = {_plain(cell): index for index, cell in reversed(list(enumerate(cells)))}
    found = {}
    for name, headings in profile.columns.items():
        index = next((places[_plain(h)] for h in headings if _plain(h) in places), None)
        if index is not None:
            found[name] = index
    return found


_FOLD = str.maketrans("ăâîșşțţё", "aaissttе")


def _plain(heading: str) -> str:
    words = re.findall(r"\w+", heading.lower().translate(_FOLD).replace("_", " "))
    return " ".join(words)


def _rows(
    text: str, heading: int, delimiter: str, profile: CsvProfile
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in reader:
        if reader.line_num <= heading + 1 or not any(cell.strip() for cell in row):
            continue
        first = next(cell for cell in row if cell.strip()).strip().lower()
        if not first.startswith(profile.left_out):
            yield reader.line_num, row


def _cells(table: _Table, number: int, row: list[str]) -> dict[str, str]:
    if len(row) <= max(table.columns.values()):
        raise StatementFileError("row_short", row=number)
    return {name: row[index].strip() for name, index in table.columns.items()}


def _entry(
    number: int, cells: Mapping[str, str], profile: CsvProfile, occurrences: Occurrences
) -> BankEntry:
    where = f"row {number}"
    account = compact(cells.get("account")) or compact(profile.account_iban)
    if account is None:
        raise StatementFileError("no_account", statement=profile.name)
    currency = currency_code(cells.get("currency") or profile.currency, where)
    minor = _amount(number, cells, currency, profile)
    booked = _date(cells["booking_date"], profile, where)
    valued = cells.get("value_date")
    reference = meaningful(cells.get("bank_reference") or None)
    end_to_end = meaningful(cells.get("end_to_end_id") or None)
    remittance = " ".join(cells.get("remittance", "").split())
    fingerprint, occurrence = occurrences.name(
        account, booked, minor, currency, reference, end_to_end, remittance
    )
    return BankEntry(
        account_iban=account,
        booking_date=booked,
        value_date=_date(valued, profile, where) if valued else None,
        amount_minor=minor,
        currency=currency,
        bank_reference=reference,
        end_to_end_id=end_to_end,
        message_id=None,
        payment_information_id=None,
        counterparty_name=cells.get("counterparty_name") or None,
        counterparty_iban=compact(cells.get("counterparty_iban")),
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


def _amount(number: int, cells: Mapping[str, str], currency: str, profile: CsvProfile) -> int:
    where = f"row {number}"
    if cells.get("amount"):
        minor = _signed(cells["amount"], currency, profile, where)
        return _directed(number, minor, cells["direction"]) if "direction" in cells else minor
    debit = _signed(cells.get("debit") or "0", currency, profile, where)
    credit = _signed(cells.get("credit") or "0", currency, profile, where)
    if debit and credit:
        raise StatementFileError("row_two_amounts", row=number)
    if not debit and not credit:
        raise StatementFileError("row_without_amount", row=number)
    return credit or -abs(debit)


def _directed(number: int, minor: int, direction: str) -> int:
    """Return the amount with the sign of its direction; a sign that it has must say the same."""
    sign = _SIGN.get(_plain(direction))
    if sign is None or (minor < 0 < sign):
        raise StatementFileError("row_direction", row=number, found=direction[:20])
    return sign * abs(minor)


def _signed(text: str, currency: str, profile: CsvProfile, where: str) -> int:
    return minor_of(partial(csv_amount, signs=profile.signs), text, currency, where)


def _date(text: str, profile: CsvProfile, where: str) -> date:
    return day_of(partial(dates.csv, shapes=profile.date_formats), text, where)
