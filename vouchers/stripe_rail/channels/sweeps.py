"""Asking Stripe what it says of our balance, line by line."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import Channel, OutboxMessage, OutboxState, Outcome
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.channels.once import ask_again
from vouchers.stripe_rail.services import sweep
from vouchers.stripe_rail.services.sweep import Swept

_TRIES = 3


def channel() -> Channel:
    """Return the way by which Stripe is asked; asking twice harms nothing."""
    return Channel(
        sweep.CHANNEL,
        send,
        find_out=ask_again,
        came_of=came_of,
        people_decide=False,
        lane=Lane.PAYMENTS,
    )


def send(message: OutboxMessage) -> Swept:
    """Ask for the lines since the sweep before, and for what they name that nobody told us."""
    stripe = door.stripe()
    begun = door.read(sweep.known)
    for _try in range(_TRIES):
        before, until = stripe.balance(), max(clock.now(), message.claimed_at or message.queued_at)
        told = tuple(stripe.lines(since=begun.since, until=until + sweep.OVERLAP))
        balance = stripe.balance()
        if balance == before:
            break
    made = [one.source for one in told if one.kind == "transfer"]
    unheard_of = door.read(lambda session: sweep.unheard_of(session, made))
    return Swept(
        lines=told,
        transfers=tuple(stripe.transfer_of(one) for one in unheard_of),
        reversals=tuple(back for one in begun.asked for back in stripe.reversals_of(one)),
        balance=tuple(balance) if balance == before else None,
        until=until,
    )


def came_of(session: Session, _message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Take in what was found."""
    if outcome.state == OutboxState.SENT:
        sweep.swept(session, outcome.answer, now=now)
