"""Warnings before Stripe stops an account for want of something."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.states import AccountState

ENDS_BEFORE = (30, 7)
"""Days before Stripe stops an account, each of them once."""


def warn_ahead(session: Session, *, now: datetime) -> int:
    """Tell managers until when Stripe must have what it asks for; return how many accounts."""
    warned = 0
    found = session.scalars(
        select(StripeAccount).where(
            StripeAccount.state == AccountState.OPEN,
            StripeAccount.due_at.between(now, now + timedelta(days=max(ENDS_BEFORE) + 1)),
        )
    )
    for account in found:
        assert account.due_at is not None
        last = local_day(account.due_at)
        left = (last - local_day(now)).days
        reached = [days for days in ENDS_BEFORE if left <= days]
        if reached:
            _warn(session, account, f"{last}:{min(reached)}", f"{last:%d.%m.%Y}", now=now)
            warned += 1
    return warned


def _warn(session: Session, account: StripeAccount, mark: str, day: str, *, now: datetime) -> None:
    message = N_("Stripe asks for something until %(day)s. Give it there, or you cannot be paid.")
    readers = people.provider_people(session, account.provider_id, Role.PROVIDER_MANAGER)
    key, link = f"stripe_account:{account.id}:due:{mark}", f"/stripe/accounts/{account.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, day=day)
