"""Holds on vouchers: placed and lifted one by one, each with its cause."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from vouchers.voucher.models import Voucher, VoucherHold
from vouchers.voucher.permissions import HoldPermission
from vouchers.voucher.queries.holds import live_on
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import HOLDS, HoldCause


def place(
    session: Session,
    voucher: Voucher,
    cause: HoldCause = HoldCause.CASE_TEAM,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    reference: str = "",
    through: date | None = None,
) -> VoucherHold:
    """Stop an open voucher for one more reason; nothing is redeemed while any hold lives.

    With `through`, what was delivered by that day may still be recorded. Raises Conflict when it is
    held for just this already, Invalid when a paper has no number.
    """
    lock(session, voucher)
    hold = _hold(voucher, cause, actor=actor, reason=reason, now=now, reference=reference.strip())
    hold.through = through
    permissions.demand(actor, HoldPermission.PLACE, hold)
    if hold.rule.paper and not hold.reference:
        raise Invalid(N_("Enter the number of the paper."), code="reference", field="reference")
    others = live_on(session, voucher)
    if any(_is_same(hold, other) for other in others):
        raise Conflict(N_("It is stopped for this reason already."), code="held")
    VOUCHER.fire(
        session, voucher, "suspend", actor=actor, now=now, reason=reason, data=_noted(hold)
    )
    session.add(hold)
    _count(voucher, [*others, hold])
    session.flush()
    return hold


def lift(session: Session, hold: VoucherHold, *, actor: Actor, now: datetime) -> Voucher:
    """Lift one hold; the others stay in force. Raises Conflict when it was lifted already."""
    voucher = session.get_one(Voucher, hold.voucher_id)
    lock(session, voucher)
    session.refresh(hold)
    permissions.demand(actor, HoldPermission.LIFT, hold)
    if hold.lifted_at is not None:
        raise Conflict(N_("This was lifted already."))
    VOUCHER.fire(session, voucher, "resume", actor=actor, now=now, data=_noted(hold))
    hold.lifted_by, hold.lifted_at = actor.id, now
    _count(voucher, [other for other in live_on(session, voucher) if other is not hold])
    session.flush()
    return voucher


def placeable(voucher: Voucher, held: Sequence[VoucherHold], actor: Actor) -> list[HoldCause]:
    """Return the causes for which `actor` may stop the voucher by hand now."""
    standing = {hold.cause for hold in held if not hold.rule.paper}
    return [
        cause
        for cause in HOLDS
        if cause not in standing
        and permissions.permits(
            actor, HoldPermission.PLACE, VoucherHold(case_id=voucher.case_id, cause=cause)
        )
    ]


def hand_over(session: Session, voucher: Voucher, to: Voucher) -> None:
    """Let what stops a voucher stop the one that takes its remainder over."""
    session.execute(
        update(VoucherHold)
        .where(VoucherHold.voucher_id == voucher.id, VoucherHold.lifted_at.is_(None))
        .values(voucher_id=to.id)
    )
    to.live_holds, voucher.live_holds = voucher.live_holds, 0
    to.held_through, voucher.held_through = voucher.held_through, None
    session.flush()


def _hold(
    voucher: Voucher, cause: HoldCause, *, actor: Actor, reason: str, now: datetime, reference: str
) -> VoucherHold:
    return VoucherHold(
        id=new_id(),
        voucher_id=voucher.id,
        case_id=voucher.case_id,
        cause=cause,
        reference=reference,
        reason=reason.strip(),
        placed_by=actor.id,
        since=now,
    )


def _count(voucher: Voucher, live: Sequence[VoucherHold]) -> None:
    """Keep on the voucher how many holds live, and the last day that all of them let be."""
    voucher.live_holds = len(live)
    days = [hold.through for hold in live if hold.through is not None]
    voucher.held_through = min(days) if live and len(days) == len(live) else None


def _is_same(hold: VoucherHold, other: VoucherHold) -> bool:
    return (hold.cause, hold.reference) == (other.cause, other.reference)


def _noted(hold: VoucherHold) -> dict[str, Any]:
    """Return what the trail keeps: ids and the cause, never what a paper is called."""
    return {"cause": hold.cause, "hold": str(hold.id)}
