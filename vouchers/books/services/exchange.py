"""Currencies: stored rates, converting by them, and cash exchanged at the bank."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.codelists.currencies import HOME
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import by_key
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount, ExchangeRate
from vouchers.books.permissions import FundPermission
from vouchers.books.services.balances import held_at_bank
from vouchers.books.services.funds import once, refuse_nothing
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType

"""The currency of the books: exchange differences are stated in it."""


def add_rate(
    session: Session,
    *,
    actor: Actor,
    on: date,
    base: str,
    quote: str,
    rate: Decimal,
    source: str,
    now: datetime,
) -> ExchangeRate:
    """Store what one unit of `base` cost in `quote` that day; a stored rate never changes."""
    permissions.demand(actor, FundPermission.ADD_RATE)
    if base == quote:
        raise Invalid(N_("Choose two different currencies."), code="currency", field="quote")
    if not rate.is_finite() or not 0 < rate < 10**6:
        raise Invalid(N_("Enter a rate above zero."), code="rate", field="rate")
    if not source.strip():
        raise Invalid(N_("Say who published the rate."), code="source", field="source")
    if session.get(ExchangeRate, (on, base, quote)) is not None:
        raise Conflict(N_("There is a rate of this day already."), code="repeated", field="on")
    stored = ExchangeRate(on=on, base=base, quote=quote, rate=rate, source=source.strip())
    session.add(stored)
    session.flush()
    audit.record(
        session,
        "exchange_rate:create",
        actor=actor,
        now=now,
        data={"on": on.isoformat(), "base": base, "quote": quote, "rate": str(rate)},
    )
    return stored


def convert(amount: Money, rate: ExchangeRate, *, less_percent: Decimal = Decimal(0)) -> Money:
    """Return `amount` in the rate's other currency, less a buffer, rounded down."""
    if amount.currency == rate.base:
        currency, value = rate.quote, amount.decimal * rate.rate
    elif amount.currency == rate.quote:
        currency, value = rate.base, amount.decimal / rate.rate
    else:
        raise Invalid(N_("This rate is of other currencies."), code="rate", field="rate")
    value = value * (100 - less_percent) / 100
    return Money.rounded_down(value, currency)


def exchange(
    session: Session,
    *,
    actor: Actor,
    bank_from: BankAccount,
    bank_to: BankAccount,
    amount_out: Money,
    amount_in: Money,
    rate: ExchangeRate,
    key: UUID,
    now: datetime,
) -> Money:
    """Record an exchange at the bank; return the difference to `rate` in MDL, a loss negative.

    The position 1900 is left at the stored rate in both currencies; 7100 takes the difference.
    """
    permissions.demand(actor, FundPermission.EXCHANGE)
    refuse_nothing(amount_out)
    refuse_nothing(amount_in)
    if (bank_from.currency, bank_to.currency) != (amount_out.currency, amount_in.currency):
        raise Invalid(N_("Each amount is in the currency of its account."), code="currency")
    if bank_from.currency == bank_to.currency or HOME not in (bank_from.currency, bank_to.currency):
        raise Invalid(N_("Exchange between MDL and another currency."), code="currency")
    session.execute(by_key(BankAccount, BankAccount.currency == bank_from.currency))
    out_key = once(session, "exchange-out", key)
    held = held_at_bank(session, bank_from.currency)
    if amount_out > held:
        raise Conflict(
            N_("Only %(held)s is held in this currency: more cannot have been exchanged."),
            code="not_held",
            field="amount_out",
            held=held,
        )
    difference = _difference(amount_out, amount_in, rate)
    there, here = (
        Source(SourceType.BANK_ACCOUNT, bank_from.id),
        Source(SourceType.BANK_ACCOUNT, bank_to.id),
    )
    none = Dimensions()
    postings = [
        Posting(PostingEvent.EXCHANGED_OUT, amount_out, out_key, there, none),
        Posting(PostingEvent.EXCHANGED_IN, amount_in, f"exchange-in|{key}", here, none),
    ]
    if difference:
        event = PostingEvent.EXCHANGE_GAIN if difference.minor > 0 else PostingEvent.EXCHANGE_LOSS
        size = difference if difference.minor > 0 else -difference
        postings.append(Posting(event, size, f"exchange-difference|{key}", here, none))
    post(session, *postings, actor=actor, now=now)
    audit.record(
        session,
        "bank_account:exchange",
        bank_from,
        actor=actor,
        now=now,
        data={"out": str(amount_out), "in": str(amount_in), "rate": str(rate.rate)},
    )
    return difference


def _difference(amount_out: Money, amount_in: Money, rate: ExchangeRate) -> Money:
    """Return what came in above what the stored rate promised, in MDL."""
    if amount_in.currency == HOME:
        return amount_in - convert(amount_out, rate)
    return convert(amount_in, rate) - amount_out
