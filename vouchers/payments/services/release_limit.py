"""What a preparer may release without a third person, all of it together."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.locking import lock_all
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from vouchers.payments.models import PaymentBatch
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW, RELEASED_TOGETHER


def limit_of(currency: str, *, on: date) -> Money:
    """Return the total from which on another person releases; nothing where there is no limit."""
    return RELEASE_BY_PREPARER_BELOW.on(on).get(currency, Money.zero(currency))


def released_lately(
    session: Session, people: Iterable[UUID], currency: str, *, now: datetime
) -> Money:
    """Return what these people released within the time that counts together.

    What a deputy released counts as released by both.
    """
    them = sorted(people)
    released = func.sum(PaymentBatch.total_minor)
    found = session.scalar(
        select(InMoney("sum", released, literal(currency))).where(
            PaymentBatch.released_by.in_(them) | PaymentBatch.released_for.in_(them),
            PaymentBatch.released_at > now - RELEASED_TOGETHER.on(local_day(now)),
            PaymentBatch.currency == currency,
        )
    )
    return found or Money.zero(currency)


def refuse_parts(session: Session, batch: PaymentBatch, *, actor: Actor, now: datetime) -> None:
    """Raise Conflict when a small batch and those before it are above the limit together.

    The person, and whom they stand in for, is locked, so that no two batches are released at once
    beside each other.
    """
    today = local_day(now)
    limit = limit_of(batch.currency, on=today)
    if (
        actor.id is None
        or not permissions.could(actor, PaymentPermission.PREPARE)
        or batch.total >= limit
    ):
        return
    lock_all(session, [session.get_one(User, one) for one in actor.eyes])
    already = released_lately(session, actor.eyes, batch.currency, now=now)
    if already + batch.total >= limit:
        raise Conflict(
            N_(
                "You released %(already)s within %(days)s days. With this batch it would reach"
                " %(limit)s, from which on another person releases."
            ),
            code="limit",
            already=already,
            days=RELEASED_TOGETHER.on(today).days,
            limit=limit,
        )
