"""Taking a transfer back: one reversal under the key that its confirmation stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.lanes import Lane
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import Channel, OutboxMessage, OutboxState, Outcome
from vouchers.stripe_rail.channels import door
from vouchers.stripe_rail.channels.once import ask_again, known_only, once
from vouchers.stripe_rail.models import StripeReversal, StripeTransfer
from vouchers.stripe_rail.objects import Reversal
from vouchers.stripe_rail.services import reversals


@dataclass(frozen=True, slots=True)
class _Asked:
    transfer: str
    amount: Money


def channel() -> Channel:
    """Return the way by which transfers are taken back."""
    return Channel(
        reversals.CHANNEL,
        send,
        find_out=ask_again,
        came_of=came_of,
        people_decide=False,
        lane=Lane.PAYMENTS,
    )


@known_only
def send(message: OutboxMessage) -> Reversal:
    """Take back what was confirmed, and return the reversal, however often it is tried."""
    stripe = door.stripe()
    reversal_id, key = _reversal_of(message), message.idempotency_key
    asked = door.read(lambda session: _asked(session, reversal_id))

    def find() -> Reversal | None:
        mine = (one for one in stripe.reversals_of(asked.transfer) if one.key == key)
        return next(mine, None)

    return once(
        message,
        make=lambda: stripe.reverse(key=key, transfer=asked.transfer, amount=asked.amount),
        find=find,
    )


def came_of(session: Session, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Book what came back, or say why nothing did."""
    if outcome.state == OutboxState.SENT:
        reversals.reversed_(session, outcome.answer, now=now)
    elif outcome.state == OutboxState.FAILED:
        reversals.refused(session, _reversal_of(message), str(outcome.answer or ""), now=now)


def _asked(session: Session, reversal_id: UUID) -> _Asked:
    reversal = session.get_one(StripeReversal, reversal_id)
    transfer = session.get_one(StripeTransfer, reversal.order_id)
    return _Asked(transfer.reference, reversal.amount)


def _reversal_of(message: OutboxMessage) -> UUID:
    return UUID(message.payload["reversal"])
