"""What stops a payment file from being made, in words."""

from collections.abc import Mapping
from typing import Any

from reintegration.kernel.errors import N_, Invalid

PAYMENT_REFUSALS: Mapping[str, str] = {
    "no_payments": N_("There is no payment to put into the file."),
    "reference": N_("“%(text)s” cannot be a reference in a bank file."),
    "reference_twice": N_("Reference “%(text)s” is in the file twice."),
    "iban": N_("“%(text)s” is not an IBAN."),
    "bic": N_("“%(text)s” is not a BIC."),
    "amount": N_("Payment %(reference)s: the amount must be above zero."),
    "currency": N_("Payment %(reference)s is in %(currency)s; this file takes %(wanted)s only."),
    "name": N_("Payment %(reference)s: the name is missing."),
    "name_long": N_(
        "Payment %(reference)s: the payee's name has more than %(longest)s characters. Propose its"
        " account anew with a shorter holder, as its bank agrees to."
    ),
    "text_long": N_("Payment %(reference)s: the text has more than %(longest)s characters."),
    "text": N_("Payment %(reference)s: the payment text is missing."),
    "fiscal_code": N_("Payment %(reference)s: “%(text)s” is not a fiscal code."),
    "final_account": N_(
        "Payment %(reference)s goes to the left bank: the final account is missing."
    ),
}


class PaymentFileError(Invalid):
    """The file is not made; the caller shows the message and nothing has changed."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(PAYMENT_REFUSALS[code], code=code, **params)


def check_amount(reference: str, minor: object, currency: str, *, wanted: str) -> None:
    """Refuse what is not a positive number of minor units of the currency of the file."""
    if currency != wanted:
        raise PaymentFileError("currency", reference=reference, currency=currency, wanted=wanted)
    if type(minor) is not int or minor <= 0:
        raise PaymentFileError("amount", reference=reference)
