"""Telling a provider what became of its money: paid, not paid, come back, or paid twice.

One message for each order, whatever it pays, and none twice. It says no more than an order does.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.accounts.services.inbox import Message
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from vouchers.payments.models import Claim, PaymentOrder

READERS = (Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER)


def paid(session: Session, order_ids: Collection[UUID], *, now: datetime) -> None:
    """Tell the providers of orders that they were paid: three statements, however many."""
    ids = func.any(literal(list(order_ids), ARRAY(Uuid)))
    first = (
        select(Claim.id)
        .where(Claim.payment_order_id == PaymentOrder.id)
        .order_by(Claim.created_at, Claim.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            PaymentOrder.id,
            PaymentOrder.provider_id,
            PaymentOrder.reference,
            PaymentOrder.amount,
            first.label("claim_id"),
        ).where(PaymentOrder.id == ids)
    ).all()
    readers = people.people_of(session, {row.provider_id for row in rows}, *READERS)
    told = (_of_paid(row, reader) for row in rows for reader in readers[row.provider_id])
    inbox.put(session, told, now=now)


def failed(
    session: Session, order: PaymentOrder, claims: Sequence[Claim], *, now: datetime
) -> None:
    """Tell a provider that a payment to it was not made."""
    message = N_(
        "Payment %(reference)s was not made. Look whether your account is right: it is paid again."
    )
    _tell(session, order, claims, "failed", message, now=now)


def returned(
    session: Session, order: PaymentOrder, claims: Sequence[Claim], *, now: datetime
) -> None:
    """Tell a provider that a payment to it came back."""
    message = N_(
        "Payment %(reference)s came back. Look whether your account is right: it is paid again."
    )
    _tell(session, order, claims, "returned", message, now=now)


def paid_twice(
    session: Session, order: PaymentOrder, amount: Money, key: UUID, *, now: datetime
) -> None:
    """Tell a provider that the bank paid an order a second time, and what follows."""
    message = N_(
        "We paid you %(amount)s a second time for payment %(reference)s. Please pay it back; what"
        " you do not pay back is set off against your next payment."
    )
    readers = people.provider_people(session, order.provider_id, *READERS)
    inbox.notify(
        session,
        readers,
        f"paid_twice:{key}",
        message,
        now=now,
        link=_link([]),
        reference=order.reference,
        amount=str(amount),
    )


def _tell(
    session: Session,
    order: PaymentOrder,
    claims: Sequence[Claim],
    event: str,
    message: str,
    *,
    now: datetime,
) -> None:
    readers = people.provider_people(session, order.provider_id, *READERS)
    key, link = f"order:{order.id}:{event}", _link(one.id for one in claims)
    inbox.notify(session, readers, key, message, now=now, link=link, reference=order.reference)


def _of_paid(row: Row[*tuple[Any, ...]], reader: UUID) -> Message:
    claims = [row.claim_id] if row.claim_id else []
    said = {"reference": row.reference}
    message = N_("Payment %(reference)s is settled: all of it was set off against what you owe.")
    if row.amount:
        said["amount"] = str(row.amount)
        message = N_("Payment %(reference)s of %(amount)s was made.")
    return Message(reader, f"order:{row.id}:paid", message, _link(claims), said)


def _link(claim_ids: Iterable[UUID]) -> str:
    first = next(iter(claim_ids), None)
    return f"/claims/mine/{first}" if first else "/claims/mine/money"
