"""Cancelling a voucher: what it holds goes back to its budget line."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.locking import lock
from vouchers.voucher.models import Voucher
from vouchers.voucher.services.remainder import empty, release
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import NOT_ISSUED


def cancel(
    session: Session, voucher: Voucher, *, actor: Actor, reason: str, now: datetime, cause: str = ""
) -> None:
    """Cancel a voucher for good; its free remainder goes back to the budget line."""
    lock(session, voucher)
    was_issued = voucher.state not in NOT_ISSUED
    VOUCHER.fire(
        session,
        voucher,
        "cancel",
        actor=actor,
        now=now,
        reason=reason,
        data={"cause": cause} if cause else None,
    )
    free = empty(voucher)
    session.flush()
    if was_issued and free:
        release(session, voucher, free, key=f"release|{voucher.id}", actor=actor, now=now)
