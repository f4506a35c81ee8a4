"""The nightly sweep: what Stripe says of our balance, line by line, and what nobody had told us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import ARRAY, Text, func, literal, select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import outbox, permissions
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, DomainError
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.outbox import Refused
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.models import StripeBalance, StripeLine, StripeReversal, StripeTransfer
from vouchers.stripe_rail.objects import BalanceLine, Reversal, Transfer
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.services import lines, reversals, transfers
from vouchers.stripe_rail.states import ReversalState

CHANNEL = "stripe.sweep"
OVERLAP = timedelta(days=3)
"""How far a sweep looks back before the one before it: what it saw already costs a line each."""
_ALWAYS = datetime(2011, 1, 1, tzinfo=UTC)
"""Before there was a Stripe."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know when a sweep begins, so that it asks only for the rest.

    `since` is from when on lines are asked for, `asked` the transfers of which something is being
    taken back.
    """

    since: datetime
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swept:
    """What Stripe said. `balance` is None where it changed while the lines were read."""

    lines: tuple[BalanceLine, ...]
    transfers: tuple[Transfer, ...]
    reversals: tuple[Reversal, ...]
    balance: tuple[Money, ...] | None
    until: datetime


def ask(session: Session, *, actor: Actor = SYSTEM, now: datetime) -> bool:
    """Have Stripe asked, once a minute at most; return False while the rail is off."""
    if actor is not SYSTEM:
        permissions.demand(actor, StripePermission.SWEEP)
    if not rails.is_on(Rail.STRIPE_TRANSFER):
        return False
    key = f"stripe_sweep|{now:%Y%m%dT%H%M}"
    outbox.put(session, channel=CHANNEL, key=key, payload={}, now=now)
    return True


def known(session: Session) -> Known:
    """Return what the books know."""
    whole = session.scalar(select(func.bool_and(StripeBalance.is_whole)))
    last = session.scalar(select(func.min(StripeBalance.said_at)))
    asked = (
        select(StripeTransfer.reference)
        .join(StripeReversal, StripeReversal.order_id == StripeTransfer.order_id)
        .where(StripeReversal.state == ReversalState.ASKED)
    )
    return Known(
        since=last - OVERLAP if whole and last else _ALWAYS, asked=tuple(session.scalars(asked))
    )


def unheard_of(session: Session, told: Sequence[str]) -> list[str]:
    """Return which of the transfers that lines name the books lack."""
    names = literal(list(told), ARRAY(Text))  # one parameter: a year has more than IN can take
    kept = select(StripeTransfer.reference).where(StripeTransfer.reference == func.any(names))
    known_ = set(session.scalars(kept))
    return [one for one in told if one not in known_]


def swept(session: Session, told: Swept, *, now: datetime) -> None:
    """Take in what a sweep found: first what nobody told us, then the lines, then the balance."""
    for transfer in told.transfers:
        _heal(session, partial(transfers.made, session, transfer, now=now))
    for reversal in told.reversals:
        _heal(session, partial(reversals.reversed_, session, reversal, now=now))
    lines.book(session, told.lines, now=now)
    if told.balance is not None:
        for said in told.balance:
            _keep_balance(session, said, told.until, now=now)


def _heal(session: Session, act: Callable[[], object]) -> None:
    """Do what a lost message would have done; what is not ours shows as an open line."""
    try:
        with session.begin_nested():
            act()
    except (Refused, DomainError):
        return


def _keep_balance(session: Session, said: Money, until: datetime, *, now: datetime) -> None:
    kept = session.get(StripeBalance, said.currency, with_for_update={"key_share": True})
    if kept is None:
        kept = StripeBalance(said=said, said_at=until, is_whole=True)
        session.add(kept)
    kept.said, kept.said_at = said, until
    kept.is_whole = sum_of_lines(session, said.currency) == said
    session.flush()
    if not kept.is_whole:
        message = N_("The lines of the Stripe balance do not add up to it. All are asked for anew.")
        key, readers = f"stripe_balance|{local_day(now)}", with_role(session, Role.FINANCE_PREPARER)
        inbox.notify(session, readers, key, message, now=now, link="/stripe/balance/")


def sum_of_lines(session: Session, currency: str) -> Money:
    """Return what the kept lines of a currency add up to."""
    summed = InMoney("summed", func.sum(StripeLine.net_minor), StripeLine.currency)
    found = session.scalars(
        select(summed).where(StripeLine.currency == currency).group_by(StripeLine.currency)
    ).one_or_none()
    return found or Money.zero(currency)
