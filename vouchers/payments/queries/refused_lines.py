"""Lines that were refused, and what of them can be claimed again.

A line is claimed again by the same delivery, where its claim was only taken back, or by the one
that was recorded instead: on the same voucher, for the same day, after the first was reversed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from vouchers.payments.models import Claim, ClaimLine
from vouchers.payments.states import ClaimLineState
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

_again = aliased(Redemption)


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused line, why, and the delivery by which it is claimed again."""

    line_id: UUID
    reason: str
    redemption_id: UUID


def claimable_again(session: Session, claim: Claim) -> list[Refused]:
    """Return what was refused of a claim and can be claimed now."""
    free = _again.state == RedemptionState.ACCEPTED, ~_again.claimed
    rows = session.execute(_of(claim.provider_id).where(ClaimLine.claim_id == claim.id, *free))
    found = {one.redemption_id: one for one in (Refused(*row) for row in rows)}
    return list(found.values())


def reasons_before(session: Session, claim: Claim) -> dict[UUID, str]:
    """Return why lines of a claim were refused when they were claimed before, by line id."""
    by_delivery = {line.redemption_id: line.id for line in claim.lines}
    rows = session.execute(
        _of(claim.provider_id).where(
            ClaimLine.claim_id != claim.id, ClaimLine.reason != "", _again.id.in_(by_delivery)
        )
    )
    return {by_delivery[one.redemption_id]: one.reason for one in (Refused(*row) for row in rows)}


def _of(provider_id: UUID) -> Select[*tuple[Any, ...]]:
    instead = and_(
        Redemption.state == RedemptionState.REVERSED,
        _again.delivered_on == Redemption.delivered_on,
        _again.recorded_at >= Redemption.settled_at,
    )
    return (
        select(ClaimLine.id, ClaimLine.reason, _again.id)
        .join(Redemption, Redemption.id == ClaimLine.redemption_id)
        .join(_again, _again.voucher_id == Redemption.voucher_id)
        .where(
            ClaimLine.state == ClaimLineState.REFUSED,
            _again.provider_id == provider_id,
            or_(_again.id == Redemption.id, instead),
        )
        .order_by(_again.delivered_on, _again.id)
    )
