"""How long a delivery may be taken back, and by whom."""

from datetime import datetime, timedelta

from reintegration.kernel.actor import Actor
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

PROVIDER_WITHIN = timedelta(days=7)
"""How long a provider may take back its own record; later, finance or the case manager may."""


def is_too_late(redemption: Redemption, actor: Actor, now: datetime) -> bool:
    """Whether the actor's time to take this record back is over."""
    return actor.is_provider and now - redemption.recorded_at > PROVIDER_WITHIN


def may_still_reverse(redemption: Redemption, actor: Actor, now: datetime) -> bool:
    """Whether there is something to take back and the actor is in time: for showing the button."""
    alive = redemption.state in (RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)
    return alive and not is_too_late(redemption, actor, now)
