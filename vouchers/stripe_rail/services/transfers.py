"""What becomes of an order at Stripe: one transfer, or none and the reason.

Each is told by the channel that sent it, by a webhook or by the nightly sweep, in any order and as
often as they like: the first settles, the next find it settled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, or_404
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import Refused
from reintegration.kernel.ports import Port
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import settlement
from vouchers.payments.states import OrderState
from vouchers.stripe_rail.models import StripeTransfer
from vouchers.stripe_rail.objects import Transfer

wants_live = Port[[Session], bool]("whether only transfers of real money count")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of Stripe for one order; `known` is its transfer, where it was heard of."""

    order_id: UUID
    number: str
    group: str
    amount: Money
    destination: str
    under_way: bool
    known: str
    live: bool

    def fits(self, transfer: Transfer) -> bool:
        """Whether a transfer is the one that was asked for."""
        return (
            transfer.live >= self.live
            and transfer.group == self.group
            and transfer.amount == self.amount
            and transfer.destination == self.destination
        )


def asked(session: Session, order_id: UUID) -> Asked:
    """Return what is asked of Stripe for an order."""
    order = or_404(session.get(PaymentOrder, order_id))
    known = session.get(StripeTransfer, order_id)
    return Asked(
        order_id=order.id,
        number=order.reference,
        group=order.end_to_end_id,
        amount=order.amount,
        destination=order.payee_service_account,
        under_way=order.state == OrderState.RELEASED,
        known=known.reference if known else "",
        live=wants_live(session),
    )


def made(session: Session, transfer: Transfer, *, now: datetime) -> StripeTransfer:
    """Keep the transfer of an order and settle the order; twice is once.

    Raises Refused for a transfer that is none of ours, or not as it was ordered: nothing is settled
    by it, and finance looks at it.
    """
    order = session.scalar(_by_number(transfer.order))
    if order is None:
        raise Refused("unknown_order", transfer.order)
    if wants_live(session) and not transfer.live:
        raise Refused("test_mode", transfer.reference)
    if not asked(session, order.id).fits(transfer):
        raise Refused("other_than_ordered", transfer.reference)
    settlement.lock_orders(session, [order.id])
    session.refresh(order)
    known = session.get(StripeTransfer, order.id, populate_existing=True)
    if known is not None and known.reference != transfer.reference:
        raise Refused("second_transfer", transfer.reference)
    if known is not None:
        return known
    if order.state != OrderState.RELEASED:
        raise Refused("order_not_under_way", transfer.reference)
    return _settle(session, order, transfer, now=now)


def answered(session: Session, transfer: Transfer, *, now: datetime) -> None:
    """Settle the order whose transfer Stripe answered; tell finance of one that does not settle.

    A transfer that another one was faster than is money that left twice: nothing here hides it.
    """
    try:
        made(session, transfer, now=now)
    except Refused:
        message = N_("Transfer %(transfer)s at Stripe settles no order of ours. Look at it there.")
        key, readers = f"stripe_transfer:{transfer.reference}:odd", _readers(session)
        inbox.notify(session, readers, key, message, now=now, transfer=transfer.reference)


def _settle(
    session: Session, order: PaymentOrder, transfer: Transfer, *, now: datetime
) -> StripeTransfer:
    kept = StripeTransfer(
        order_id=order.id,
        reference=transfer.reference,
        destination=transfer.destination,
        amount=transfer.amount,
        reversed=Money.zero(transfer.amount.currency),
        made_at=transfer.made_at,
        known_at=now,
    )
    session.add(kept)
    session.flush()
    day, note = local_day(transfer.made_at), {"transfer": transfer.reference}
    settlement.settle_order(session, order, actor=SYSTEM, on=day, note=note, now=now)
    return kept


def refused(session: Session, order_id: UUID, code: str, *, now: datetime) -> None:
    """Let an order fail that Stripe did not pay: its claims are payable again; twice is once."""
    settlement.lock_orders(session, [order_id])
    order = session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None or order.state != OrderState.RELEASED:
        return
    settlement.fail_order(session, order, actor=SYSTEM, reason=code, now=now)
    message = N_("Order %(reference)s was not paid. Read why; its claims can be paid again.")
    key, link = f"payment_order:{order.id}:failed", f"/batches/orders/{order.id}"
    values = {"reference": order.reference}
    inbox.notify(session, _readers(session), key, message, now=now, link=link, **values)


def _readers(session: Session) -> Iterable[UUID]:
    return with_role(session, Role.FINANCE_PREPARER)


def _by_number(number: str) -> Select[PaymentOrder]:
    return (
        select(PaymentOrder)
        .where(PaymentOrder.reference == number)
        .options(joinedload(PaymentOrder.batch))
    )
