"""What leaves the house as payments: plain values, before a bank's file is made of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

MEDIA_TYPES = {"csv": "text/csv", "xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class Payer:
    """Our account, as the bank has it. `bic` and `idno` may be empty."""

    name: str
    iban: str
    bic: str
    idno: str


@dataclass(frozen=True, slots=True)
class Order:
    """One payment; `amount_minor` is positive minor units.

    `final_account` is the payee's own, where `payee_iban` is that of a bank in between, and
    `final_code` and `final_name` are whose it is.
    """

    number: str
    end_to_end_id: str
    amount_minor: int
    currency: str
    payee_name: str
    payee_iban: str
    payee_bic: str
    payee_idno: str
    text: str
    abroad: bool
    final_account: str
    final_code: str = ""
    final_name: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What one file says. `created_at` is local time without a zone, `day` that of payment."""

    message_id: str
    created_at: datetime
    day: date
    payer: Payer
    orders: tuple[Order, ...]


class Export(Protocol):
    """How a bank takes payments: in which currency, and as what bytes."""

    @property
    def currency(self) -> str:
        """Return the one currency that such a file pays in."""

    @property
    def ending(self) -> str:
        """Return the ending of the file's name; MEDIA_TYPES has its type."""

    def build(self, outgoing: Outgoing) -> bytes:
        """Return the same bytes for the same orders; raise PaymentFileError when refused."""
