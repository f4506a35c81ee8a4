"""How a bank writes its statements as CSV: which heading means what, and what is written how."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reintegration.kernel.amounts import FOUND_OUT, Signs

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


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """How one bank writes its CSV; None means: find out.

    `columns` maps fields of BankEntry (and amount or debit and credit, currency, account) to the
    headings that may stand for them, compared without case, accents and punctuation. An amount is
    signed, credit positive, or has a direction beside it. In a debit or credit column a sum below
    nothing takes back (a storno), unless `signed_debit`: then every debit stands below nothing.
    `totals` begin a row that has a day and no amount, and is no entry.
    """

    name: str = "general"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: HEADINGS)
    delimiter: str | None = None
    encoding: str | None = None
    signs: Signs = FOUND_OUT
    date_formats: tuple[str, ...] = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y")
    account_iban: str | None = None
    currency: str | None = None
    signed_debit: bool = False
    totals: tuple[str, ...] = ("total", "итого", "sold", "остаток", "balance", "rulaj", "оборот")
