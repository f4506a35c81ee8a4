"""What another value of a rule on vouchers would change, for whoever approves it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, select

from reintegration.kernel.clock import day_of
from reintegration.kernel.dated_rules import Coming, counting
from reintegration.kernel.errors import N_
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services.expiry import ENDS_BEFORE
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW, COUNTED_TOGETHER
from vouchers.voucher.services.return_window import PROVIDER_WITHIN
from vouchers.voucher.services.validity import RECORDED_WITHIN
from vouchers.voucher.states import BIG, OPEN_STATES, RedemptionState


def _from(minor: Any, currency: Any, limits: Any) -> ColumnElement[bool]:
    """Whether an amount reaches the limit of its currency."""
    none = 2**62
    listed = {code: money.minor for code, money in limits.items()}
    return minor >= case(listed, value=currency, else_=none)  # type: ignore[no-any-return]


def _differs(minor: Any, currency: Any, coming: Coming[Any]) -> ColumnElement[bool]:
    before, after = (_from(minor, currency, one) for one in (coming.before, coming.after))
    return before != after


def _in_time_by_one(days: Any, coming: Coming[Any]) -> ColumnElement[bool]:
    """Whether a number of days is within one of both times, and past the other."""
    low, high = sorted((coming.before.days, coming.after.days))
    return and_(days > low, days <= high)


AUTO_APPROVE_BELOW.preview_with(
    counting(
        N_("Vouchers of the last 90 days that would have gone the other way: %(count)s"),
        lambda coming, since: select(Voucher.id).where(
            Voucher.created_at > since, _differs(Voucher.amount_minor, Voucher.currency, coming)
        ),
    )
)
COUNTED_TOGETHER.preview_with(
    counting(
        N_("Vouchers of the last 90 days that were approved by rule: %(count)s"),
        lambda _coming, since: select(Voucher.id).where(
            Voucher.created_at > since, Voucher.approved_automatically
        ),
    )
)
RECORDED_WITHIN.preview_with(
    counting(
        N_("Deliveries of the last 90 days for which it would have made a difference: %(count)s"),
        lambda coming, since: select(Redemption.id).where(
            Redemption.recorded_at > since,
            _in_time_by_one(day_of(Redemption.recorded_at) - Redemption.delivered_on, coming),
        ),
    )
)
RECORDED_WITHIN.preview_with(
    counting(
        N_("Open vouchers whose last day lies after the change, so that it counts: %(count)s"),
        lambda coming, _since: select(Voucher.id).where(
            Voucher.state.in_(OPEN_STATES), Voucher.valid_until >= coming.first_day
        ),
    )
)
PROVIDER_WITHIN.preview_with(
    counting(
        N_("Records of the last 90 days that were taken back: %(count)s"),
        lambda _coming, since: select(Redemption.id).where(
            Redemption.recorded_at > since, Redemption.state == RedemptionState.REVERSED
        ),
    )
)
ENDS_BEFORE.preview_with(
    counting(
        N_("Open vouchers that would be told of on the first day: %(count)s"),
        lambda coming, _since: select(Voucher.id).where(
            Voucher.state.in_(OPEN_STATES),
            Voucher.amount_left_minor > Voucher.amount_pending_minor,
            Voucher.valid_until.between(coming.first_day, coming.first_day + coming.after),
        ),
    )
)
BIG.preview_with(
    counting(
        N_("Deliveries of the last 90 days for which it would have made a difference: %(count)s"),
        lambda coming, since: select(Redemption.id).where(
            Redemption.recorded_at > since,
            _differs(Redemption.amount_minor, Redemption.currency, coming),
        ),
    )
)
