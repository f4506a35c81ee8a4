"""Reading what is taken back of transfers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.errors import or_404
from vouchers.payments.models import PaymentOrder
from vouchers.stripe_rail.models import StripeReversal, StripeTransfer
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import ReversalState


def transfer_of(session: Session, order: PaymentOrder) -> StripeTransfer | None:
    """Return the transfer of an order, once Stripe has told of it."""
    return session.get(StripeTransfer, order.id)


def reversal_or_404(session: Session, actor: Actor, reversal_id: UUID) -> StripeReversal:
    """Return a reversal within the actor's reach or raise NotFound."""
    found = _visible(actor).where(StripeReversal.id == reversal_id)
    return or_404(session.scalar(found))


def of_order(session: Session, actor: Actor, order: PaymentOrder) -> Sequence[StripeReversal]:
    """Return what was and shall be taken back of an order, the newest first."""
    found = _visible(actor).where(StripeReversal.order_id == order.id)
    return session.scalars(found.order_by(StripeReversal.asked_at.desc())).all()


def waiting(session: Session, actor: Actor) -> Sequence[tuple[StripeReversal, PaymentOrder]]:
    """Return what waits for a second person, the oldest first, each with its order."""
    found = (
        _waiting(_visible(actor))
        .join(PaymentOrder, PaymentOrder.id == StripeReversal.order_id)
        .add_columns(PaymentOrder)
        .order_by(StripeReversal.asked_at, StripeReversal.id)
        .limit(bounded.AT_ONCE)
    )
    return [(reversal, order) for reversal, order in session.execute(found)]


def to_confirm(session: Session, actor: Actor) -> Pile:
    """Return what waits for this very person to confirm."""
    mine = permissions.visible(actor, StripeReversal, StripePermission.CONFIRM_REVERSAL)
    worth = StripeReversal.amount_minor, StripeReversal.currency
    return bounded.pile(session, _waiting(mine), since=StripeReversal.asked_at, worth=worth)


def _waiting(statement: Select[StripeReversal]) -> Select[StripeReversal]:
    return statement.where(StripeReversal.state == ReversalState.WAITING)


def _visible(actor: Actor) -> Select[StripeReversal]:
    return permissions.visible(actor, StripeReversal, StripePermission.VIEW)
