"""Payouts of providers' accounts, as Stripe said last; one that failed is told to who must act."""

from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel import permissions
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.errors import N_
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import Refused
from vouchers.stripe_rail.models import StripeAccount, StripePayout
from vouchers.stripe_rail.objects import Payout
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import PayoutState

_AHEAD = {
    PayoutState.PENDING: 0,
    PayoutState.IN_TRANSIT: 1,
    PayoutState.PAID: 2,
    PayoutState.FAILED: 3,
    PayoutState.CANCELLED: 3,
}
"""A payout only goes on, also from paid to failed: what was asked before and heard after is old."""


def seen(session: Session, told: Payout, *, now: datetime) -> StripePayout:
    """Keep how a payout stands, and tell of one that failed; twice is once.

    Raises Refused for a payout of an account that nobody here has opened.
    """
    permissions.demand(SYSTEM, StripePermission.KEEP)
    account = session.scalar(select(StripeAccount).where(StripeAccount.reference == told.account))
    if account is None:
        raise Refused("unknown_account", told.account)
    _keep(session, account, told, now)
    kept = session.scalars(
        select(StripePayout)
        .where(StripePayout.reference == told.reference)
        .execution_options(populate_existing=True)
    ).one()
    if kept.state is PayoutState.FAILED:
        _tell_failed(session, account, kept, now=now)
    return kept


def _keep(session: Session, account: StripeAccount, told: Payout, now: datetime) -> None:
    stands = {
        "state": told.state,
        "arrives_on": told.arrives_on,
        "failure_code": told.failure_code,
        "asked_at": now,
    }
    known = insert(StripePayout).values(
        id=new_id(),
        reference=told.reference,
        account_id=account.id,
        amount_minor=told.amount.minor,
        currency=told.amount.currency,
        made_at=told.made_at,
        **stands,
    )
    behind = case(_AHEAD, value=StripePayout.state) <= _AHEAD[told.state]
    session.execute(
        known.on_conflict_do_update(
            index_elements=[StripePayout.reference], set_=stands, where=behind
        )
    )


def _tell_failed(
    session: Session, account: StripeAccount, payout: StripePayout, *, now: datetime
) -> None:
    message = N_("%(amount)s from Stripe did not reach the bank of %(provider)s. Read what to do.")
    readers = [
        *people.provider_people(session, account.provider_id, Role.PROVIDER_MANAGER),
        *people.with_role(session, Role.FINANCE_PREPARER),
    ]
    values = {
        "amount": str(payout.amount),
        "provider": session.get_one(Provider, account.provider_id).name,
    }
    key, link = f"stripe_payout:{payout.id}:failed", f"/stripe/accounts/{account.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, **values)
