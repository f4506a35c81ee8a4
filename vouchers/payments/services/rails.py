"""How money reaches a payee: each rail answers the same questions, and a currency chooses one.

A rail is a row here and a member of `Rail`, which batches store. Nothing else asks for a currency
to know how it is paid.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reintegration.kernel import codes
from reintegration.kernel.errors import N_, Conflict, Invalid
from vouchers.books.services.postings import PostingEvent
from vouchers.formats import banks
from vouchers.formats.outgoing import MEDIA_TYPES, Outgoing
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import Rail

SEPA_COUNTRIES = frozenset(
    re.findall(
        "[A-Z]{2}",
        "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK"
        " MT NL NO PL PT RO RS SE SI SK SM VA",
    )
)
"""Where an account may be that SEPA reaches (European Payments Council, EPC409-09)."""


@dataclass(frozen=True, slots=True)
class File:
    """What is handed to the bank: how its name ends, and its bytes."""

    ending: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Returned:
    """What a payment that comes back posts: first against what was clawed back, then the rest."""

    money: tuple[PostingEvent, PostingEvent]
    charges: tuple[PostingEvent, PostingEvent]


@dataclass(frozen=True, slots=True)
class Way:
    """What must be known of a rail.

    `countries` are those of the payees' accounts that it reaches (None: wherever the payee's bank
    takes it), `needs` what a payee must have besides an IBAN, each with the refusal when it lacks;
    `our_code` reads our fiscal code where the rail names it. `send` gets what leaves and
    the profile of our account. The events post what becomes of an order, and what it costs.
    """

    rail: Rail
    currency: str
    countries: frozenset[str] | None
    needs: Mapping[str, str]
    our_code: Callable[[str], str] | None
    largest_minor: int
    send: Callable[[Outgoing, str], File]
    settled: PostingEvent
    failed: PostingEvent
    returned: Returned
    fee: PostingEvent


def _bank_file(outgoing: Outgoing, profile: str) -> File:
    """Make the file that the bank of our account takes; raise PaymentFileError when refused."""
    export = banks.PROFILES[profile].export
    return File(export.ending, export.build(outgoing))


_BY_BANK = Returned(
    money=(PostingEvent.RETURNED_CLAWED, PostingEvent.RETURNED_OPEN),
    charges=(PostingEvent.RETURN_CHARGES_CLAWED, PostingEvent.RETURN_CHARGES),
)
_MDL = Way(
    rail=Rail.MDL_CSV,
    currency="MDL",
    countries=None,
    needs={
        "payee_bic": N_("The bank of %(name)s is not known, and payments in MDL name it."),
        "payee_identifier": N_("%(name)s has no fiscal code, and payments in MDL name it."),
    },
    our_code=codes.idno,
    largest_minor=10**15 - 1,
    send=_bank_file,
    settled=PostingEvent.SETTLED_BY_BANK,
    failed=PostingEvent.PAYMENT_FAILED,
    returned=_BY_BANK,
    fee=PostingEvent.BANK_FEE,
)
_SEPA = Way(
    rail=Rail.SEPA_PAIN001,
    currency="EUR",
    countries=SEPA_COUNTRIES,
    needs={},
    our_code=None,
    largest_minor=99_999_999_999,
    send=_bank_file,
    settled=PostingEvent.SETTLED_BY_BANK,
    failed=PostingEvent.PAYMENT_FAILED,
    returned=_BY_BANK,
    fee=PostingEvent.BANK_FEE,
)
WAYS: Mapping[Rail, Way] = {way.rail: way for way in (_MDL, _SEPA)}


def currencies() -> list[str]:
    """Return the currencies that can be paid, in the order of the rails."""
    return list(dict.fromkeys(way.currency for way in WAYS.values()))


def way_for(currency: str) -> Way:
    """Return how money in a currency travels; raise Conflict when no way is set up."""
    for way in WAYS.values():
        if way.currency == currency:
            return way
    raise Conflict(
        N_("There is no way set up to pay in %(currency)s."), code="rail", currency=currency
    )


def fee_in(currency: str) -> PostingEvent:
    """Return how what the bank took in a currency is posted: as the way of it says, if any."""
    fees = (way.fee for way in WAYS.values() if way.currency == currency)
    return next(fees, PostingEvent.BANK_FEE)


def of(rail: str) -> Way:
    """Return the way of a stored batch."""
    return WAYS[Rail(rail)]


def media_type(file_name: str) -> str:
    """Return the type of a file that was made, by the ending of its name."""
    return MEDIA_TYPES[file_name.rpartition(".")[2]]


def names_bank(currency: str) -> bool:
    """Whether payments in a currency name the payee's bank."""
    return any("payee_bic" in way.needs for way in WAYS.values() if way.currency == currency)


def refuse_country(currency: str, country: str, name: str) -> None:
    """Raise Conflict for a payee whose account lies where money in a currency does not go."""
    for way in WAYS.values():
        reached = way.countries is None or country in way.countries
        if way.currency == currency and not reached:
            raise Conflict(
                N_("%(name)s has its account in %(country)s; %(currency)s is not sent there."),
                code="payee",
                name=name,
                country=country,
                currency=currency,
            )


def refuse_payee(way: Way, order: PaymentOrder) -> None:
    """Raise Conflict for a payee whom the rail cannot pay, Invalid for more than it carries."""
    refuse_country(way.currency, order.payee_iban[:2], order.payee_name)
    for needed, message in way.needs.items():
        if not getattr(order, needed):
            raise Conflict(message, code="payee", name=order.payee_name)
    if order.amount_minor > way.largest_minor:
        raise Invalid(
            N_("%(amount)s is more than one payment can carry."),
            code="amount",
            amount=str(order.amount),
        )


def our_code(currency: str, typed: str) -> str:
    """Return our fiscal code; raise Invalid when payments in a currency name it and this is none.

    Where no payment names it, it is what was typed.
    """
    read = next((way.our_code for way in WAYS.values() if way.currency == currency), None)
    try:
        return read(typed) if read is not None else typed.strip()
    except Invalid as error:
        raise Invalid(
            N_("Payments in %(currency)s name our fiscal code (IDNO): 13 digits."),
            code="identifier",
            field="identifier",
            currency=currency,
        ) from error
