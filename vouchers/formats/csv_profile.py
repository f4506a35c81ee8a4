"""How a bank writes its statements as CSV: which heading means what, and what is written how."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reintegration.kernel.amounts import FOUND_OUT, Signs
from reintegration.kernel.text import plain

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
    "counterparty_code": ("idno", "idnp", "cod fiscal", "codul fiscal", "фискальный код"),
    "end_to_end_id": ("end to end id", "endtoendid", "end to end reference"),
}


SIGNS: Mapping[str, int] = {
    **dict.fromkeys(("d", "dt", "db", "dr", "debit", "д", "дт", "дб", "дебет", "расход"), -1),
    **dict.fromkeys(("c", "ct", "cr", "k", "kt", "credit", "к", "кт", "кр", "кредит", "приход"), 1),
}
"""What stands in a column of directions, and the sign of such an amount."""


def direction(word: str) -> str:
    """Return a word of a column of directions as it is compared; a sign alone is itself."""
    return plain(word) or word.strip()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the columns of a table stand, as a person said: by their place, not by their names.

    `heading` must stand in the file as it was then, at the places that are read; without one the
    first row has as many columns as `width`. The rows that are skipped are counted and told.
    """

    heading: tuple[str, ...]
    width: int
    columns: Mapping[str, int]
    skip_first: int = 0
    skip_last: int = 0


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """How one bank writes its CSV; None means: find out.

    `columns` maps fields of BankEntry (and amount or debit and credit, currency, account) to the
    headings that may stand for them, compared without case, accents and punctuation. An amount is
    signed, credit positive unless `minus_came_in`, or has a direction beside it. In a debit or
    credit column a sum below nothing takes back (a `storno`), unless `signed_debit`: then every
    debit stands below nothing; where neither is said, all rows of the table tell, or the file is
    refused. `totals` begin a row that has a day and no amount, and is no entry. `in_doubt` is the
    encoding where the letters of a file do not tell it. `place` is what a person said of the
    columns, and then their names decide nothing.
    """

    name: str = "general"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: HEADINGS)
    delimiter: str | None = None
    encoding: str | None = None
    in_doubt: str | None = None
    signs: Signs = FOUND_OUT
    date_formats: tuple[str, ...] = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y")
    account_iban: str | None = None
    currency: str | None = None
    signed_debit: bool = False
    storno: bool = False
    minus_came_in: bool = False
    directions: Mapping[str, int] = field(default_factory=lambda: SIGNS)
    place: Place | None = None
    totals: tuple[str, ...] = ("total", "итого", "sold", "остаток", "balance", "rulaj", "оборот")
