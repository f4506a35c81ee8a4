"""A small writer of a bank's own table: its columns are known to nobody until they are said."""

import csv
import io
from collections.abc import Iterable

from demo.camt import BankEntry
from vouchers.formats.amounts import decimal_text
from vouchers.formats.csv_mapping import CsvMapping, DayOrder, Meaning, Minus, mapped

_COLUMNS = {
    "Zi": Meaning.BOOKING_DATE,
    "Act": Meaning.BANK_REFERENCE,
    "Parte": Meaning.COUNTERPARTY_NAME,
    "Cont parte": Meaning.COUNTERPARTY_IBAN,
    "Explicații": Meaning.REMITTANCE,
    "Semn": Meaning.END_TO_END_ID,
    "Plăți": Meaning.DEBIT,
    "Încasări": Meaning.CREDIT,
}


def write(entries: Iterable[BankEntry], *, iban: str, currency: str) -> bytes:
    """Return the table of one account, with a row of totals and no balances."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Extras", iban, currency])
    writer.writerow(_COLUMNS)
    listed = list(entries)
    writer.writerows(_row(entry, currency) for entry in listed)
    writer.writerow(["Total", *[""] * (len(_COLUMNS) - 1)])
    return out.getvalue().encode("utf-8-sig")


def said() -> CsvMapping:
    """Return what the preparer says of these columns."""
    return mapped(
        list(_COLUMNS.values()),
        heading=list(_COLUMNS),
        delimiter=";",
        decimal=",",
        days=DayOrder.DMY,
        minus=Minus.BACK,
    )


def _row(entry: BankEntry, currency: str) -> list[str]:
    amount = decimal_text(abs(entry.minor), currency, decimal=",")
    sides = [amount, ""] if entry.minor < 0 else ["", amount]
    told = [entry.reference, entry.name, entry.iban, entry.text, entry.end_to_end]
    return [f"{entry.day:%d.%m.%Y}", *told, *sides]
