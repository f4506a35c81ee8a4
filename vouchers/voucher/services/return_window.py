"""How long a delivery may be taken back, and by whom."""

from datetime import datetime, timedelta

from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import Days
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

PROVIDER_WITHIN = DatedRule(
    code="vouchers.provider_takes_back_within",
    title=N_("A provider may take back its record for"),
    says=N_(
        "How long a provider may take back its own record; later, finance or the case manager may."
    ),
    area=Area.VOUCHERS,
    decided_by=Role.FINANCE_APPROVER,
    kind=Days(0, 90),
    initially=timedelta(days=7),
)


def is_too_late(redemption: Redemption, actor: Actor, now: datetime) -> bool:
    """Whether the actor's time to take this record back is over."""
    within = PROVIDER_WITHIN.on(local_day(redemption.recorded_at))
    return actor.is_provider and now - redemption.recorded_at > within


def may_still_reverse(redemption: Redemption, actor: Actor, now: datetime) -> bool:
    """Whether there is something to take back and the actor is in time: for showing the button."""
    alive = redemption.state in (RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)
    return alive and not is_too_late(redemption, actor, now)
