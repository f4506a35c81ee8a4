"""Sending an order: one transfer under the key that its release stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import (
    Channel,
    OutboxMessage,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Refused,
)
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.channels.once import ask_again, known_only, looked, once
from vouchers.stripe_rail.gateway import Gateway
from vouchers.stripe_rail.objects import Transfer
from vouchers.stripe_rail.services import transfers
from vouchers.stripe_rail.services.transfers import Asked


def channel() -> Channel:
    """Return the way by which orders leave."""
    return Channel(
        rails.of(Rail.STRIPE_TRANSFER).channel,
        send,
        find_out=ask_again,
        came_of=came_of,
        people_decide=False,
        lane=Lane.PAYMENTS,
    )


@known_only
def send(message: OutboxMessage) -> Transfer:
    """Pay an order, and return its transfer, however often it is tried."""
    stripe = door.stripe()
    order_id = _order_of(message)
    asked = door.read(lambda session: transfers.asked(session, order_id))
    key = message.idempotency_key
    return once(
        message,
        make=lambda: _as_asked(asked, _make(stripe, asked, key)),
        find=lambda: _find(stripe, asked),
    )


def came_of(session: Session, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Settle the order that was paid, or let it fail; while nobody knows it stays as it is."""
    if outcome.state == OutboxState.SENT:
        transfers.answered(session, outcome.answer, now=now)
    elif outcome.state == OutboxState.FAILED:
        transfers.refused(session, _order_of(message), str(outcome.answer or ""), now=now)


def _make(stripe: Gateway, asked: Asked, key: str) -> Transfer:
    if asked.known:  # a webhook or the sweep was faster than the answer
        return looked(lambda: stripe.transfer_of(asked.known))
    if not asked.under_way:
        raise Refused("order_not_under_way")
    return stripe.transfer(
        key=key,
        order=asked.number,
        group=asked.group,
        amount=asked.amount,
        destination=asked.destination,
    )


def _find(stripe: Gateway, asked: Asked) -> Transfer | None:
    """Return the oldest transfer of the order's group."""
    found = sorted(stripe.transfers_in(asked.group), key=lambda one: one.made_at)
    return _as_asked(asked, found[0]) if found else None


def _as_asked(asked: Asked, transfer: Transfer) -> Transfer:
    """Refuse to settle by a transfer of something else: a person looks at it."""
    if not asked.fits(transfer):
        raise OutcomeUnknown(f"{transfer.reference} is not what was ordered")
    return transfer


def _order_of(message: OutboxMessage) -> UUID:
    return UUID(message.payload["order"])
