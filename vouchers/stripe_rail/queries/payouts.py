"""Reading what became of the money between Stripe and a provider's bank."""

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from vouchers.stripe_rail.models import StripeAccount, StripePayout, StripeTransfer
from vouchers.stripe_rail.states import PayoutState

NOT_ARRIVED = (PayoutState.FAILED, PayoutState.CANCELLED)


def failed_since(session: Session, transfer: StripeTransfer) -> bool:
    """Whether a payout of the account has failed since the transfer came to it."""
    found = _since(transfer).where(StripePayout.state == PayoutState.FAILED)
    return bool(session.scalar(select(exists(found))))


def next_after(session: Session, transfer: StripeTransfer) -> StripePayout | None:
    """Return the payout that took the money of a transfer along: the last begun is what counts.

    A payout takes all that is there, so the first after the transfer took it, and where that one
    did not arrive, the one that followed.
    """
    begun = session.scalars(_since(transfer).order_by(StripePayout.made_at, StripePayout.id)).all()
    arrived = (one for one in begun if one.state not in NOT_ARRIVED)
    return next(arrived, begun[-1] if begun else None)


def _since(transfer: StripeTransfer) -> Select[StripePayout]:
    return (
        select(StripePayout)
        .join(StripeAccount, StripeAccount.id == StripePayout.account_id)
        .where(
            StripeAccount.reference == transfer.destination,
            StripePayout.made_at >= transfer.made_at,
        )
    )
