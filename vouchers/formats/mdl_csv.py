"""Payment orders in MDL as the CSV that a bank's business channel imports.

There is no one format in Moldova: each bank has its own, so what differs is in the profile and is
to be confirmed with the bank. The same orders give the same bytes.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reintegration.kernel import codes
from reintegration.kernel.alike import alike
from vouchers.formats import left_bank
from vouchers.formats.amounts import decimal_text
from vouchers.formats.charset import encodable
from vouchers.formats.iban import compact, is_iban
from vouchers.formats.outgoing import Order, Outgoing
from vouchers.formats.payment_file import PaymentFileError, check_amount

CURRENCY = "MDL"
_LEFT_FISCAL_CODE = re.compile(r"[0-9A-Za-z]{1,20}")
_ORDER_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z/-]{0,19}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
COLUMNS = (
    ("number", "NR"),
    ("day", "DATA"),
    ("amount", "SUMA"),
    ("payer_iban", "IBAN_PLATITOR"),
    ("payer_idno", "IDNO_PLATITOR"),
    ("payee_name", "BENEFICIAR"),
    ("payee_idno", "IDNO_BENEFICIAR"),
    ("payee_iban", "IBAN_BENEFICIAR"),
    ("payee_bic", "BIC_BENEFICIAR"),
    ("text", "DESTINATIA"),
    ("residence", "REZIDENT"),
)
"""What an order says, in the usual order, with its heading. There is also `currency`."""
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA_STARTS = "=+-@'"


class Residence(StrEnum):
    """The marker of the order: resident or not."""

    RESIDENT = "R"
    NON_RESIDENT = "N"


@dataclass(frozen=True, slots=True)
class MdlOrder:
    """One payment order; `amount_minor` is positive bani.

    For the left bank `payee_iban` is the transit account, and what is `final` the payee's own; an
    order from before these were kept apart has the payee's code and name.
    """

    order_number: str
    order_date: date
    amount_minor: int
    currency: str
    payer_iban: str
    payer_idno: str
    payee_name: str
    payee_idno: str
    payee_iban: str
    payee_bic: str
    text: str
    residence: Residence = Residence.RESIDENT
    final_account: str | None = None
    final_code: str = ""
    final_name: str = ""


@dataclass(frozen=True, slots=True)
class CsvExport:
    """How one bank takes orders in MDL. `encoding` is "cp1251" or "utf-8-sig" (with its BOM)."""

    columns: tuple[tuple[str, str], ...] = COLUMNS
    encoding: str = "utf-8-sig"
    delimiter: str = ";"
    decimal: str = "."
    date_format: str = "%d.%m.%Y"
    headings: bool = True
    resident: str = "R"
    non_resident: str = "N"
    longest_text: int = 210
    longest_name: int = 105

    currency = CURRENCY
    ending = "csv"

    def build(self, outgoing: Outgoing) -> bytes:
        """Return the file; raise PaymentFileError for what the bank would refuse."""
        return build_mdl_csv(tuple(_mdl_order(outgoing, order) for order in outgoing.orders), self)


def _mdl_order(outgoing: Outgoing, order: Order) -> MdlOrder:
    return alike(
        MdlOrder,
        order,
        order_number=order.number,
        order_date=outgoing.day,
        payer_iban=outgoing.payer.iban,
        payer_idno=outgoing.payer.idno,
        residence=Residence.NON_RESIDENT if order.abroad else Residence.RESIDENT,
        final_account=order.final_account or None,
    )


def build_mdl_csv(orders: tuple[MdlOrder, ...], profile: CsvExport | None = None) -> bytes:
    """Return the file; raise PaymentFileError for what the bank would refuse.

    No cell is quoted: the delimiter, quotes and line breaks inside a text become a comma, an
    apostrophe and a blank, and a text never begins like a spreadsheet formula.
    """
    profile = profile or CsvExport()
    if not orders:
        raise PaymentFileError("no_payments")
    for number, count in Counter(order.order_number for order in orders).items():
        if count > 1:
            raise PaymentFileError("reference_twice", text=number)
    rows = [tuple(heading for _, heading in profile.columns)] if profile.headings else []
    rows += [_row(order, profile) for order in orders]
    lines = (profile.delimiter.join(row) for row in rows)
    return "".join(line + "\r\n" for line in lines).encode(profile.encoding)


def payment_text(order: MdlOrder) -> str:
    """Return the text of the order; for the left bank it first says who is paid in the end."""
    if not is_left_bank(order):
        return order.text
    if not order.final_account or not order.final_account.strip():
        raise PaymentFileError("final_account", reference=order.order_number)
    return left_bank.text(
        order.final_code or order.payee_idno,
        compact(order.final_account) or "",
        order.final_name or order.payee_name,
        order.text,
    )


def is_left_bank(order: MdlOrder) -> bool:
    """Tell whether the order goes through the transit bank."""
    return left_bank.is_transit(order.payee_bic)


def _row(order: MdlOrder, profile: CsvExport) -> tuple[str, ...]:
    _check(order)
    name = _cell(order.payee_name, profile)
    text = _cell(payment_text(order), profile)
    if not name:
        raise PaymentFileError("name", reference=order.order_number)
    if len(name) > profile.longest_name:
        raise PaymentFileError(
            "name_long", reference=order.order_number, longest=profile.longest_name
        )
    if not text:
        raise PaymentFileError("text", reference=order.order_number)
    if len(text) > profile.longest_text:
        raise PaymentFileError(
            "text_long", reference=order.order_number, longest=profile.longest_text
        )
    said = {
        "number": order.order_number,
        "day": order.order_date.strftime(profile.date_format),
        "amount": decimal_text(order.amount_minor, CURRENCY, decimal=profile.decimal),
        "currency": CURRENCY,
        "payer_iban": compact(order.payer_iban) or "",
        "payer_idno": order.payer_idno,
        "payee_name": name,
        "payee_idno": order.payee_idno,
        "payee_iban": compact(order.payee_iban) or "",
        "payee_bic": order.payee_bic,
        "text": text,
        "residence": profile.resident
        if order.residence is Residence.RESIDENT
        else profile.non_resident,
    }
    return tuple(said[name] for name, _ in profile.columns)


def _cell(text: str, profile: CsvExport) -> str:
    """Return free text that is one cell in every reader and no formula in any."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    other = "," if profile.delimiter != "," else " "
    flat = encodable(flat, profile.encoding).replace('"', "'").replace(profile.delimiter, other)
    return flat.lstrip(_FORMULA_STARTS + " ").strip()


def _check(order: MdlOrder) -> None:
    reference = order.order_number
    if not _ORDER_NUMBER.fullmatch(reference):
        raise PaymentFileError("reference", text=reference)
    check_amount(reference, order.amount_minor, order.currency, wanted=CURRENCY)
    for iban in (order.payer_iban, order.payee_iban):
        if not is_iban(compact(iban) or ""):
            raise PaymentFileError("iban", text=iban)
    if not _BIC.fullmatch(order.payee_bic):
        raise PaymentFileError("bic", text=order.payee_bic)
    is_payees = _LEFT_FISCAL_CODE.fullmatch if is_left_bank(order) else codes.is_idno
    for code, is_code in ((order.payer_idno, codes.is_idno), (order.payee_idno, is_payees)):
        if not is_code(code):
            raise PaymentFileError("fiscal_code", reference=reference, text=code)
