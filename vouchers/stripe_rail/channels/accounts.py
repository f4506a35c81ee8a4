"""Opening a provider's account, and asking Stripe how it stands and what it paid out.

Opening is repeated under its stored key while Stripe keeps that; an older one is given up, and the
provider opens another. Asking changes nothing, so it is simply asked again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import Channel, OutboxMessage, OutboxState, Outcome, Refused
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.channels.once import KEY_COUNTS_FOR, ask_again
from vouchers.stripe_rail.objects import Account, Payout
from vouchers.stripe_rail.services import accounts, payouts
from vouchers.stripe_rail.services.accounts import NO_ANSWER, Opening

PAYOUTS_SINCE = timedelta(days=10)
"""Longer than a payout takes, and than one that arrived may still come back."""


@dataclass(frozen=True, slots=True)
class Found:
    """An account as it stands, and what it paid out lately."""

    account: Account
    payouts: tuple[Payout, ...] = ()


def channel() -> Channel:
    """Return the way by which accounts are opened and asked about."""
    return Channel(
        accounts.CHANNEL,
        send,
        find_out=ask_again,
        came_of=came_of,
        people_decide=False,
        lane=Lane.PAYMENTS,
    )


def send(message: OutboxMessage) -> Found:
    """Open the account, or fetch it with its payouts."""
    stripe, account_id = door.stripe(), _account_of(message)
    asked = door.read(lambda session: accounts.asked(session, account_id))
    if isinstance(asked, Opening):
        _refuse_late(message)
        return Found(
            stripe.open_account(
                key=asked.key, country=asked.country, email=asked.email, name=asked.name
            )
        )
    account = stripe.account(asked)
    if account.closed:
        return Found(account)
    lately = stripe.payouts_of(asked, since=clock.now() - PAYOUTS_SINCE)
    return Found(account, tuple(lately))


def came_of(session: Session, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Keep what Stripe said, or why it said no."""
    if outcome.state == OutboxState.SENT:
        found: Found = outcome.answer
        accounts.opened(session, _account_of(message), found.account, now=now)
        for payout in sorted(found.payouts, key=lambda one: one.made_at):
            payouts.seen(session, payout, now=now)
    elif outcome.state == OutboxState.FAILED:
        code = str(outcome.answer or NO_ANSWER)
        accounts.refused(session, _account_of(message), code, now=now)


def _refuse_late(message: OutboxMessage) -> None:
    now = max(clock.now(), message.claimed_at or message.queued_at)
    if now >= message.queued_at + KEY_COUNTS_FOR:
        raise Refused(NO_ANSWER)


def _account_of(message: OutboxMessage) -> UUID:
    return UUID(message.payload["account"])
