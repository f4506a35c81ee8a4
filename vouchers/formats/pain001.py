"""SEPA credit transfers as pain.001.001.09: the same payments give the same bytes.

Every identifier comes from the caller, who stored it before: a file that is made again is the same
file, and the bank knows it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree

from reintegration.kernel.alike import alike
from vouchers.formats.amounts import decimal_text
from vouchers.formats.camt_nodes import Element
from vouchers.formats.charset import is_reference, latin
from vouchers.formats.iban import compact, is_iban
from vouchers.formats.outgoing import Order, Outgoing
from vouchers.formats.payment_file import PaymentFileError, check_amount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "EUR"
LONGEST_NAME = 70
LONGEST_TEXT = 140
# Room for "-" and a three-digit number behind the message id, within 35 characters.
LONGEST_MESSAGE_ID = 31
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Payment:
    """One credit transfer; `amount_minor` is positive minor units of `currency`."""

    end_to_end_id: str
    instruction_id: str
    amount_minor: int
    currency: str
    creditor_name: str
    creditor_iban: str
    remittance: str
    requested_execution_date: date
    creditor_bic: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """Everything that one file says; `created_at` is the time of the batch, not of the download."""

    message_id: str
    created_at: datetime
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Pain001Export:
    """How banks take euro; nothing of it differs from bank to bank so far."""

    currency = CURRENCY
    ending = "xml"

    def build(self, outgoing: Outgoing) -> bytes:
        """Return the file; raise PaymentFileError for what the bank would refuse."""
        return build_pain001(
            PaymentFile(
                message_id=outgoing.message_id,
                created_at=outgoing.created_at,
                debtor_name=outgoing.payer.name,
                debtor_iban=outgoing.payer.iban,
                debtor_bic=outgoing.payer.bic or None,
                payments=tuple(_payment(order, outgoing.day) for order in outgoing.orders),
            )
        )


def _payment(order: Order, day: date) -> Payment:
    return alike(
        Payment,
        order,
        instruction_id=order.number,
        creditor_name=order.payee_name,
        creditor_iban=order.payee_iban,
        creditor_bic=order.payee_bic or None,
        remittance=order.text,
        requested_execution_date=day,
    )


def payment_information_ids(file: PaymentFile) -> dict[date, str]:
    """Return the PmtInfId of each execution day; the bank books one batch entry for each."""
    days = sorted({payment.requested_execution_date for payment in file.payments})
    return {day: f"{file.message_id}-{number}" for number, day in enumerate(days, start=1)}


def build_pain001(file: PaymentFile) -> bytes:
    """Return the file as UTF-8 XML; raise PaymentFileError for what the bank would refuse.

    Names are folded into the SEPA letters and cut at 70; a text above 140 is refused, because
    cutting it could take the reference away.
    """
    _check(file)
    # The stubs do not know that None names the default namespace.
    names: Any = {None: NAMESPACE}
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=names)
    root = _add(document, "CstmrCdtTrfInitn")
    header = _add(root, "GrpHdr")
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", file.created_at.isoformat(timespec="seconds"))
    _totals(header, file.payments)
    _add(_add(header, "InitgPty"), "Nm", _name(file.debtor_name, file.message_id))
    for day, identifier in payment_information_ids(file).items():
        chosen = [p for p in file.payments if p.requested_execution_date == day]
        _payment_information(root, file, identifier, day, chosen)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _payment_information(
    root: Element, file: PaymentFile, identifier: str, day: date, payments: list[Payment]
) -> None:
    block = _add(root, "PmtInf")
    _add(block, "PmtInfId", identifier)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "true")
    _totals(block, payments)
    _add(_add(_add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(block, "ReqdExctnDt"), "Dt", day.isoformat())
    _add(_add(block, "Dbtr"), "Nm", _name(file.debtor_name, file.message_id))
    _add(_add(_add(block, "DbtrAcct"), "Id"), "IBAN", compact(file.debtor_iban))
    agent = _add(_add(block, "DbtrAgt"), "FinInstnId")
    if file.debtor_bic:
        _add(agent, "BICFI", file.debtor_bic)
    else:
        _add(_add(agent, "Othr"), "Id", "NOTPROVIDED")
    _add(block, "ChrgBr", "SLEV")
    for payment in payments:
        _transfer(block, payment)


def _transfer(block: Element, payment: Payment) -> None:
    transfer = _add(block, "CdtTrfTxInf")
    identifiers = _add(transfer, "PmtId")
    _add(identifiers, "InstrId", payment.instruction_id)
    _add(identifiers, "EndToEndId", payment.end_to_end_id)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", decimal_text(payment.amount_minor, CURRENCY))
    amount.set("Ccy", CURRENCY)
    if payment.creditor_bic:
        _add(_add(_add(transfer, "CdtrAgt"), "FinInstnId"), "BICFI", payment.creditor_bic)
    _add(_add(transfer, "Cdtr"), "Nm", _name(payment.creditor_name, payment.end_to_end_id))
    _add(_add(_add(transfer, "CdtrAcct"), "Id"), "IBAN", compact(payment.creditor_iban))
    said = latin(payment.remittance)
    if said:
        _add(_add(transfer, "RmtInf"), "Ustrd", said)


def _totals(parent: Element, payments: Iterable[Payment]) -> None:
    amounts = [payment.amount_minor for payment in payments]
    _add(parent, "NbOfTxs", str(len(amounts)))
    _add(parent, "CtrlSum", decimal_text(sum(amounts), CURRENCY))


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _name(text: str, reference: str) -> str:
    name = latin(text)[:LONGEST_NAME].strip()
    if not name:
        raise PaymentFileError("name", reference=reference)
    return name


def _check(file: PaymentFile) -> None:
    if not file.payments:
        raise PaymentFileError("no_payments")
    if not is_reference(file.message_id, longest=LONGEST_MESSAGE_ID):
        raise PaymentFileError("reference", text=file.message_id)
    _check_account(file.debtor_iban, file.debtor_bic)
    for payment in file.payments:
        _check_payment(payment)
    for text, count in _references(file.payments):
        if count > 1:
            raise PaymentFileError("reference_twice", text=text)


def _references(payments: tuple[Payment, ...]) -> Iterator[tuple[str, int]]:
    yield from Counter(payment.end_to_end_id for payment in payments).items()
    yield from Counter(payment.instruction_id for payment in payments).items()


def _check_payment(payment: Payment) -> None:
    reference = payment.end_to_end_id
    for text in (payment.end_to_end_id, payment.instruction_id):
        if not is_reference(text):
            raise PaymentFileError("reference", text=text)
    check_amount(reference, payment.amount_minor, payment.currency, wanted=CURRENCY)
    if len(latin(payment.remittance)) > LONGEST_TEXT:
        raise PaymentFileError("text_long", reference=reference, longest=LONGEST_TEXT)
    _check_account(payment.creditor_iban, payment.creditor_bic)


def _check_account(iban: str, bic: str | None) -> None:
    if not is_iban(compact(iban) or ""):
        raise PaymentFileError("iban", text=iban)
    if bic and not _BIC.fullmatch(bic):
        raise PaymentFileError("bic", text=bic)
