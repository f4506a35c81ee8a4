"""What whoever approves a batch has not seen before, and how it differs from the one before it.

All of it is compared with what was really paid. What to think of it is left to the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, selectinload

from reintegration.kernel.money import Money
from vouchers.payments.models import PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.states import BatchState, NewInOrder, OrderState


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid to one payee in a currency: the last order, the largest sum, and how often."""

    last: PaymentOrder
    largest: Money
    times: int


@dataclass(frozen=True, slots=True)
class News:
    """One thing that is new in an order; `before` is None where its payee was never paid.

    `account_id` is the payee's account in use, where it can be looked at.
    """

    kind: NewInOrder
    order: PaymentOrder
    before: Paid | None
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A batch against the one that left the same account before it."""

    before: PaymentBatch
    more: Money
    added: Sequence[PaymentOrder]
    gone: Sequence[PaymentOrder]


def news(session: Session, batch: PaymentBatch) -> list[News]:
    """Return what is new in the orders of a batch: other accounts first, then payees, then sums."""
    paid = _paid(session, batch)
    accounts = _accounts(session, batch)
    found = [
        News(kind, order, paid.get(order.provider_id), accounts.get(order.provider_id))
        for order in batch.orders
        for kind in _kinds(order, paid.get(order.provider_id))
    ]
    ranks = {kind: rank for rank, kind in enumerate(NewInOrder)}
    return sorted(found, key=lambda one: (ranks[one.kind], -one.order.amount_minor))


def difference(session: Session, batch: PaymentBatch) -> Difference | None:
    """Return how a batch differs from the last one that left its account; None for the first."""
    before = session.scalars(
        select(PaymentBatch)
        .where(
            PaymentBatch.rail == batch.rail,
            PaymentBatch.bank_account_id.is_not_distinct_from(batch.bank_account_id),
            PaymentBatch.currency == batch.currency,
            PaymentBatch.state.in_((BatchState.RELEASED, BatchState.SETTLED)),
            PaymentBatch.prepared_at < batch.prepared_at,
        )
        .order_by(PaymentBatch.prepared_at.desc(), PaymentBatch.id.desc())
        .limit(1)
        .options(selectinload(PaymentBatch.orders))
    ).one_or_none()
    if before is None:
        return None
    return Difference(
        before,
        batch.total - before.total,
        added=_not_in(batch, before),
        gone=_not_in(before, batch),
    )


def _not_in(batch: PaymentBatch, other: PaymentBatch) -> list[PaymentOrder]:
    there = {order.provider_id for order in other.orders}
    found = (order for order in batch.orders if order.provider_id not in there)
    return sorted(found, key=lambda order: order.payee_name)


def _kinds(order: PaymentOrder, paid: Paid | None) -> list[NewInOrder]:
    if paid is None:
        return [NewInOrder.PAYEE]
    found = []
    if order.place != paid.last.place:
        found.append(NewInOrder.ACCOUNT)
    if order.payee_name != paid.last.payee_name:
        found.append(NewInOrder.HOLDER)
    if order.amount > paid.largest:
        found.append(NewInOrder.LARGEST)
    return found


def _paid(session: Session, batch: PaymentBatch) -> dict[UUID, Paid]:
    """Return by payee what was paid to it before; what came back or was set off was not."""
    payee = PaymentOrder.provider_id
    rows = session.execute(
        select(
            PaymentOrder,
            func.max(PaymentOrder.amount_minor).over(partition_by=payee).label("largest"),
            func.count().over(partition_by=payee).label("times"),
        )
        .where(
            payee.in_({order.provider_id for order in batch.orders}),
            PaymentOrder.currency == batch.currency,
            PaymentOrder.state == OrderState.SETTLED,
            PaymentOrder.amount_minor > 0,
            PaymentOrder.batch_id != batch.id,
        )
        .ext(distinct_on(payee))
        .order_by(payee, PaymentOrder.settled_on.desc(), PaymentOrder.id.desc())
    )
    return {
        row.PaymentOrder.provider_id: Paid(
            row.PaymentOrder, Money(row.largest, batch.currency), row.times
        )
        for row in rows
    }


def _accounts(session: Session, batch: PaymentBatch) -> dict[UUID, UUID]:
    rows = session.execute(
        select(PayeeAccount.provider_id, PayeeAccount.id).where(
            PayeeAccount.provider_id.in_({order.provider_id for order in batch.orders}),
            PayeeAccount.currency == batch.currency,
            PayeeAccount.approved_at.is_not(None),
            PayeeAccount.retired_at.is_(None),
        )
    )
    return {row.provider_id: row.id for row in rows}
