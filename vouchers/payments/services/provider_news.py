"""Telling a provider what became of its money, where nothing else tells it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from vouchers.payments.models import PaymentOrder


def paid_twice(
    session: Session, order: PaymentOrder, amount: Money, key: UUID, *, now: datetime
) -> None:
    """Tell its bookkeepers that the bank paid an order a second time, and what follows."""
    message = N_(
        "We paid you %(amount)s a second time for payment %(reference)s. Please pay it back; what"
        " you do not pay back is set off against your next payment."
    )
    readers = people.provider_people(
        session, order.provider_id, Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER
    )
    inbox.notify(
        session,
        readers,
        f"paid_twice:{key}",
        message,
        now=now,
        link="/claims/mine",
        reference=order.reference,
        amount=str(amount),
    )
