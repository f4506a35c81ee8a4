"""What Stripe says, as plain values: the words of its interface end at the gateway."""

from dataclasses import dataclass
from datetime import date, datetime

from reintegration.kernel.money import Money
from vouchers.stripe_rail.states import PayoutState, TransfersState


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that Stripe asks of a provider; `field` is Stripe's name of it.

    `urgency` is one of past_due, currently_due, eventually_due. `by_stripe`: nothing is to be done,
    Stripe is looking at it. `problem` is Stripe's code for what was wrong, if something was.
    """

    field: str
    urgency: str
    by_stripe: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Account:
    """A provider's account at Stripe. `due_at` is when the next missing thing stops payments."""

    reference: str
    country: str
    closed: bool
    transfers: TransfersState
    payouts_active: bool
    due: tuple[Due, ...]
    due_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that left our balance for a provider's account; `order` is our order's number."""

    reference: str
    order: str
    group: str
    destination: str
    amount: Money
    reversed: Money
    made_at: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class Reversal:
    """A transfer, or a part of it, that came back; `key` names our own row, if we asked for it."""

    reference: str
    transfer: str
    amount: Money
    key: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way from a provider's account at Stripe to its bank."""

    reference: str
    account: str
    amount: Money
    state: PayoutState
    arrives_on: date
    failure_code: str
    made_at: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of our balance. `net` is what it changed: `amount` less `fee`, signed.

    `source` is the object that it is of (a transfer, a reversal, a top-up, a fee).
    """

    reference: str
    kind: str
    amount: Money
    fee: Money
    net: Money
    source: str
    made_at: datetime
    available_on: date
    description: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message from Stripe: only what must be looked at, never what it claims about it."""

    reference: str
    kind: str
    about: str
    account: str
    made_at: datetime
    live: bool
