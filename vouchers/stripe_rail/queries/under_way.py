"""Reading how the messages stand by which orders and reversals leave for Stripe.

What waits to be sent is shown to nobody; of these it is said how far they are, and nothing else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.outbox import MAY_HAVE_ARRIVED, OutboxMessage, OutboxState
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState, Rail
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import Standing

UNKNOWN_FOR_LONG = timedelta(hours=1)
"""From when on finance is told that Stripe does not answer."""
FAILED_LATELY = timedelta(days=7)
"""How long an order that failed is named on the first page of finance."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How a message stands, since when, and when it is tried next."""

    standing: Standing
    queued_at: datetime
    next_at: datetime
    attempts: int


def orders_under_way(session: Session, order_ids: Collection[UUID]) -> dict[UUID, UnderWay]:
    """Return how the messages of these orders stand that are not settled yet."""
    keys = {f"payment_order:{one}:transfer": one for one in order_ids}
    return {keys[key]: found for key, found in _under_way(session, keys).items()}


def under_way(session: Session, key: str) -> UnderWay | None:
    """Return how the message under a key stands, unless it is settled."""
    return _under_way(session, [key]).get(key)


def _under_way(session: Session, keys: Collection[str]) -> dict[str, UnderWay]:
    if not keys:
        return {}
    statement = select(
        OutboxMessage.idempotency_key,
        OutboxMessage.state,
        OutboxMessage.error,
        OutboxMessage.attempts,
        OutboxMessage.queued_at,
        OutboxMessage.next_attempt_at,
    ).where(OutboxMessage.idempotency_key.in_(keys), OutboxMessage.state.in_(_OPEN))
    with acting_as_system(session):
        rows = session.execute(statement).all()
    return {
        row.idempotency_key: UnderWay(
            _standing(row.state, row.error or ""), row.queued_at, row.next_attempt_at, row.attempts
        )
        for row in rows
    }


_OPEN = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


def _standing(state: OutboxState, error: str) -> Standing:
    if state == OutboxState.UNKNOWN or error.startswith(MAY_HAVE_ARRIVED):
        return Standing.UNKNOWN
    if state == OutboxState.SENDING:
        return Standing.SENDING
    return Standing.LATER if error else Standing.WAITS


def unknown(session: Session, actor: Actor) -> Sequence[PaymentOrder]:
    """Return the orders of which Stripe has not said what became of them, the oldest first."""
    return _listed(session, _of(actor, _unknown()).order_by(OutboxMessage.queued_at))


def failed(session: Session, actor: Actor, *, now: datetime) -> Sequence[PaymentOrder]:
    """Return the orders that Stripe did not pay lately, the newest first."""
    return _listed(session, _of(actor, _failed(now)).order_by(OutboxMessage.settled_at.desc()))


def piles(session: Session, actor: Actor, *, now: datetime) -> tuple[Pile, Pile]:
    """Return the orders of which Stripe has said nothing for too long, and those not paid."""
    long_ago = OutboxMessage.queued_at < now - UNKNOWN_FOR_LONG
    with acting_as_system(session):
        return (
            _pile(session, _of(actor, and_(_unknown(), long_ago))),
            _pile(session, _of(actor, _failed(now))),
        )


def _failed(now: datetime) -> ColumnElement[bool]:
    lately = OutboxMessage.settled_at >= now - FAILED_LATELY
    return and_(OutboxMessage.state == OutboxState.FAILED, lately)


def _unknown() -> ColumnElement[bool]:
    """Return what tells them; an order whose message from Stripe came is settled, and not here."""
    told_nothing = or_(*(OutboxMessage.error.startswith(one) for one in MAY_HAVE_ARRIVED))
    silent = or_(
        OutboxMessage.state == OutboxState.UNKNOWN,
        and_(OutboxMessage.state == OutboxState.QUEUED, told_nothing),
    )
    return and_(PaymentOrder.state == OrderState.RELEASED, silent)


def _of(actor: Actor, wanted: ColumnElement[bool]) -> Select[PaymentOrder]:
    """Return the select of the orders whose messages are as wanted; asked as the system."""
    permissions.demand(actor, StripePermission.VIEW)
    channel = rails.of(Rail.STRIPE_TRANSFER).channel
    order_id = cast(OutboxMessage.payload["order"].astext, Uuid)
    return (
        select(PaymentOrder)
        .join(OutboxMessage, PaymentOrder.id == order_id)
        .where(OutboxMessage.channel == channel, wanted)
    )


def _listed(session: Session, statement: Select[PaymentOrder]) -> Sequence[PaymentOrder]:
    with acting_as_system(session):
        return session.scalars(statement.limit(bounded.AT_ONCE)).all()


def _pile(session: Session, statement: Select[PaymentOrder]) -> Pile:
    worth = PaymentOrder.amount_minor, PaymentOrder.currency
    return bounded.pile(session, statement, since=OutboxMessage.queued_at, worth=worth)
