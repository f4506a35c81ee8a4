"""How money reaches a payee: each rail answers the same questions.

A rail is a row here and a member of `Rail`, which batches store. Nothing else asks for a currency
to know how it is paid. A bank takes a file of many orders, and its currency chooses the way; a
payment service takes a message for each order and pays from a balance of ours there. One of each
may share a currency, and then the payee's account in use says which of them pays it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from reintegration.kernel import codes
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ports import Poll
from vouchers.books.services.postings import PostingEvent
from vouchers.formats import banks
from vouchers.formats.outgoing import MEDIA_TYPES, Outgoing
from vouchers.payments.models import PayeeAccount, PaymentOrder
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
    """What a payment that comes back posts: first against what was clawed back, then the rest.

    `charges` is None where nothing is kept of it on the way.
    """

    money: tuple[PostingEvent, PostingEvent]
    charges: tuple[PostingEvent, PostingEvent] | None


@dataclass(frozen=True, slots=True)
class Service:
    """What a payment service has that a bank has not.

    At release a message for each order is put into the outbox `channel`. The events post the
    balance of ours there, filled from the bank and drawn back to it, and a part of an order that
    was `taken_back`.
    """

    channel: str
    topped_up: PostingEvent
    drawn: PostingEvent
    taken_back: PostingEvent


@dataclass(frozen=True, slots=True)
class NotPayable:
    """A payee's account at a service that cannot be paid now, and why: a sentence and its values.

    The sentence is marked by `N_`; it may name the payee as `%(name)s`.
    """

    service_account: str
    why: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """What must be known of a rail.

    `countries` are those of the payees' accounts that it reaches (None: wherever the payee's bank
    takes it), `needs` what a payee must have besides an IBAN, each with the refusal when it lacks;
    `our_code` reads our fiscal code where the rail names it. `send` makes the bank's file of what
    leaves and the profile of our account; where there is none, `service` says how orders leave. The
    events post what becomes of an order, and what it costs.
    """

    rail: Rail
    currency: str
    countries: frozenset[str] | None
    needs: Mapping[str, str]
    our_code: Callable[[str], str] | None
    largest_minor: int
    send: Callable[[Outgoing, str], File] | None
    service: Service | None
    settled: PostingEvent
    unsettled: PostingEvent
    failed: PostingEvent
    returned: Returned
    fee: PostingEvent

    @property
    def channel(self) -> str:
        """Return the outbox channel by which its orders leave; nothing: in a bank's file."""
        return self.service.channel if self.service else ""


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
    service=None,
    settled=PostingEvent.SETTLED_BY_BANK,
    unsettled=PostingEvent.UNSETTLED,
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
    service=None,
    settled=PostingEvent.SETTLED_BY_BANK,
    unsettled=PostingEvent.UNSETTLED,
    failed=PostingEvent.PAYMENT_FAILED,
    returned=_BY_BANK,
    fee=PostingEvent.BANK_FEE,
)
_STRIPE = Way(
    rail=Rail.STRIPE_TRANSFER,
    currency="EUR",
    countries=None,
    needs={},
    our_code=None,
    largest_minor=99_999_999,
    send=None,
    service=Service(
        channel="stripe.transfers",
        topped_up=PostingEvent.STRIPE_TOPPED_UP,
        drawn=PostingEvent.STRIPE_DRAWN,
        taken_back=PostingEvent.REPAID_STRIPE,
    ),
    settled=PostingEvent.SETTLED_BY_STRIPE,
    unsettled=PostingEvent.UNSETTLED_STRIPE,
    failed=PostingEvent.PAYMENT_FAILED,
    returned=Returned(
        money=(PostingEvent.RETURNED_CLAWED_STRIPE, PostingEvent.RETURNED_OPEN_STRIPE), charges=None
    ),
    fee=PostingEvent.STRIPE_FEE,
)
WAYS: Mapping[Rail, Way] = {way.rail: way for way in (_MDL, _SEPA, _STRIPE)}

why_not_payable = Poll[[Session, Collection[str], date], NotPayable](
    "which of these accounts at a payment service cannot be paid on a day, and why"
)
_switches: dict[Rail, Callable[[], bool]] = {}


def switch(rail: Rail, is_on: Callable[[], bool]) -> None:
    """Have `is_on` say whether a payment service is used; until then it is not."""
    _switches[rail] = is_on


@contextmanager
def kept_on(rail: Rail) -> Iterator[None]:
    """Have a rail on for a while, whatever its switch says: nothing is sent by those who do so."""
    before = _switches.get(rail)
    _switches[rail] = lambda: True
    try:
        yield
    finally:
        if before is None:
            del _switches[rail]
        else:
            _switches[rail] = before


def is_on(rail: Rail) -> bool:
    """Whether a rail is offered: a bank's always, a service's when its switch says so.

    What was released before may still settle, fail and return when it is off.
    """
    return rail in _switches and _switches[rail]() if WAYS[rail].service else True


def switched_off(
    _session: Session, service_accounts: Collection[str], _on: date
) -> list[NotPayable]:
    """Return every account, when the service that keeps them is switched off."""
    if is_on(Rail.STRIPE_TRANSFER):
        return []
    rail = Rail.STRIPE_TRANSFER
    return [NotPayable(account, _OFF, {"rail": rail}) for account in service_accounts]


_OFF = N_("Payments through %(rail)s are switched off.")


def currencies() -> list[str]:
    """Return the currencies that can be paid, in the order of the rails."""
    return list(dict.fromkeys(way.currency for way in WAYS.values() if is_on(way.rail)))


def ways(currency: str) -> list[Way]:
    """Return the ways that are offered in a currency: the bank's first."""
    return [way for way in WAYS.values() if way.currency == currency and is_on(way.rail)]


def way_for(currency: str) -> Way:
    """Return how money in a currency travels by a bank; raise Conflict when no way is set up."""
    for way in _by_bank(currency):
        return way
    raise Conflict(
        N_("There is no way set up to pay in %(currency)s."), code="rail", currency=currency
    )


def service_for(currency: str) -> Way:
    """Return the way by a payment service; raise Conflict when none pays in a currency now."""
    for way in ways(currency):
        if way.service:
            return way
    raise Conflict(
        N_("No payment service is set up to pay in %(currency)s."), code="rail", currency=currency
    )


def service_in(currency: str) -> Service | None:
    """Return what a payment service has in a currency, on or off; None when there is none."""
    found = (way.service for way in WAYS.values() if way.currency == currency and way.service)
    return next(found, None)


def _by_bank(currency: str) -> Iterable[Way]:
    return (way for way in WAYS.values() if way.currency == currency and way.service is None)


def pays(way: Way, account: PayeeAccount) -> bool:
    """Whether a way pays this account: a bank's way accounts at banks, a service's its own."""
    at = account.rail or next((bank.rail for bank in _by_bank(account.currency)), None)
    return way.currency == account.currency and way.rail == at


def fee_in(currency: str) -> PostingEvent:
    """Return how what the bank took in a currency is posted: as the way of it says, if any."""
    return next((way.fee for way in _by_bank(currency)), PostingEvent.BANK_FEE)


def of(rail: str) -> Way:
    """Return the way of a stored batch."""
    return WAYS[Rail(rail)]


def media_type(file_name: str) -> str:
    """Return the type of a file that was made, by the ending of its name."""
    return MEDIA_TYPES[file_name.rpartition(".")[2]]


def names_bank(currency: str) -> bool:
    """Whether payments in a currency name the payee's bank."""
    return any("payee_bic" in way.needs for way in _by_bank(currency))


def refuse_country(currency: str, country: str, name: str) -> None:
    """Raise Conflict for a payee whose bank lies where money in a currency does not go."""
    for way in _by_bank(currency):
        if way.countries is not None and country not in way.countries:
            raise Conflict(
                N_("%(name)s has its account in %(country)s; %(currency)s is not sent there."),
                code="payee",
                name=name,
                country=country,
                currency=currency,
            )


def refuse_payee(way: Way, order: PaymentOrder) -> None:
    """Raise Conflict for a payee whom the rail cannot pay, Invalid for more than it carries."""
    if way.service is None:
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


def refuse_lapsed(session: Session, orders: Iterable[PaymentOrder], *, on: date) -> None:
    """Raise Conflict when one of these orders goes to an account that cannot be paid then."""
    names = {
        order.payee_service_account: order.payee_name
        for order in orders
        if order.payee_service_account
    }
    for found in why_not_payable(session, list(names), on) if names else ():
        name = names[found.service_account]
        raise Conflict(found.why, code="payee", **{"name": name, **found.params})


def our_code(currency: str, typed: str) -> str:
    """Return our fiscal code; raise Invalid when payments in a currency name it and this is none.

    Where no payment names it, it is what was typed.
    """
    read = next((way.our_code for way in _by_bank(currency)), None)
    try:
        return read(typed) if read is not None else typed.strip()
    except Invalid as error:
        raise Invalid(
            N_("Payments in %(currency)s name our fiscal code (IDNO): 13 digits."),
            code="identifier",
            field="identifier",
            currency=currency,
        ) from error
