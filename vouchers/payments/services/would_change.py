"""What another value of a rule on payments would change, for whoever approves it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, select

from reintegration.kernel.clock import day_of
from reintegration.kernel.dated_rules import Coming, counting
from reintegration.kernel.errors import N_
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.queries.claims import LATE_AFTER
from vouchers.payments.services.payees import HOLD
from vouchers.payments.services.returns import RETURN_CHARGES_AT_MOST
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW, RELEASED_TOGETHER, OrderState
from vouchers.voucher.models import Redemption


def _between_limits(coming: Coming[Any]) -> ColumnElement[bool]:
    """Whether the total of a batch lies below one limit of its currency and not below the other."""
    low, high = (
        case(
            {one: pick(coming.before[one].minor, coming.after[one].minor) for one in coming.after},
            value=PaymentBatch.currency,
            else_=0,
        )
        for pick in (min, max)
    )
    return and_(PaymentBatch.total_minor >= low, PaymentBatch.total_minor < high)


def _late_by_one(coming: Coming[Any]) -> ColumnElement[bool]:
    low, high = sorted((coming.before.days, coming.after.days))
    days = day_of(Claim.created_at) - Redemption.delivered_on
    return and_(days > low, days <= high)


RELEASE_BY_PREPARER_BELOW.preview_with(
    counting(
        N_("Batches of the last 90 days that would have gone the other way: %(count)s"),
        lambda coming, since: select(PaymentBatch.id).where(
            PaymentBatch.prepared_at > since, _between_limits(coming)
        ),
    )
)
RELEASED_TOGETHER.preview_with(
    counting(
        N_("Batches of the last 90 days that their preparer released: %(count)s"),
        lambda _coming, since: select(PaymentBatch.id).where(
            PaymentBatch.released_at > since, PaymentBatch.released_by == PaymentBatch.prepared_by
        ),
    )
)
HOLD.preview_with(
    counting(
        N_("Changed accounts of the last 90 days that waited: %(count)s"),
        lambda _coming, since: select(PayeeAccount.id).where(
            PayeeAccount.approved_at > since, PayeeAccount.pays_from.is_not(None)
        ),
    )
)
RETURN_CHARGES_AT_MOST.preview_with(
    counting(
        N_("Orders that came back so far: %(count)s"),
        lambda _coming, _since: select(PaymentOrder.id).where(
            PaymentOrder.state == OrderState.RETURNED
        ),
    )
)
LATE_AFTER.preview_with(
    counting(
        N_("Lines of the last 90 days for which it would have made a difference: %(count)s"),
        lambda coming, since: (
            select(ClaimLine.id)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .join(Redemption, Redemption.id == ClaimLine.redemption_id)
            .where(Claim.created_at > since, _late_by_one(coming))
        ),
    )
)
