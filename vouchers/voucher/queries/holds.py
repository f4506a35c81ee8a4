"""Reading holds: what stops a voucher now, and which vouchers one thing stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel.errors import N_, Conflict, NotFound
from vouchers.voucher.models import Voucher, VoucherHold
from vouchers.voucher.states import OPEN_STATES, HoldCause


@dataclass(frozen=True, slots=True)
class ShownHold:
    """A live hold with the name of who placed it; empty when its cause did."""

    hold: VoucherHold
    who: str


def live_on(session: Session, voucher: Voucher) -> Sequence[VoucherHold]:
    """Return what stops a voucher now, the oldest first; asks nothing when it counts none."""
    if not voucher.live_holds:
        return []
    return session.scalars(
        select(VoucherHold)
        .where(VoucherHold.voucher_id == voucher.id, VoucherHold.lifted_at.is_(None))
        .order_by(VoucherHold.since, VoucherHold.id)
    ).all()


def shown_on(session: Session, voucher: Voucher) -> list[ShownHold]:
    """Return what stops a voucher now, with the names of who placed it."""
    if not voucher.is_held:
        return []
    rows = session.execute(
        select(VoucherHold, User.name)
        .outerjoin(User, User.id == VoucherHold.placed_by)
        .where(VoucherHold.voucher_id == voucher.id, VoucherHold.lifted_at.is_(None))
        .order_by(VoucherHold.since, VoucherHold.id)
    )
    return [ShownHold(hold, name or "") for hold, name in rows]


def hold_or_404(session: Session, voucher: Voucher, hold_id: UUID | None) -> VoucherHold:
    """Return a live hold of this voucher; raise NotFound when there is none of that id.

    Without an id it is the only one: with none or several nobody can tell, and it is Conflict.
    """
    found = live_on(session, voucher)
    if hold_id is None:
        if len(found) != 1:
            raise Conflict(N_("Open the voucher again and choose what is lifted."))
        return found[0]
    for hold in found:
        if hold.id == hold_id:
            return hold
    raise NotFound


def live_because(session: Session, cause: HoldCause, reference: str) -> Sequence[VoucherHold]:
    """Return the live holds on open vouchers that refer to one thing, such as an offering."""
    return session.scalars(
        select(VoucherHold)
        .join(Voucher, Voucher.id == VoucherHold.voucher_id)
        .where(
            VoucherHold.cause == cause,
            VoucherHold.reference == reference,
            VoucherHold.lifted_at.is_(None),
            Voucher.state.in_(OPEN_STATES),
        )
        .order_by(VoucherHold.voucher_id)
    ).all()
