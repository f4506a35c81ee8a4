"""Looking a voucher up by its code, before anything is recorded. Guessing is counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.services import pins
from vouchers.voucher.services.redeemability import refuse_unusable, unknown_voucher
from vouchers.voucher.services.voucher_by_code import Found, find


def look_up(session: Session, *, actor: Actor, code: str, now: datetime) -> Found:
    """Return a voucher that can be used today; raise what is wrong with it otherwise."""
    permissions.demand(actor, RedemptionPermission.RECORD)
    pins.refuse_when_too_fast(session, actor, now=now)
    found, _answered = find(session, actor=actor, code=code)
    if found is None:
        pins.count_unknown_code(session, actor, now=now)
        raise unknown_voucher()
    refuse_unusable(found, today=local_day(now))
    return found


def look_again(session: Session, *, actor: Actor, voucher_id: UUID) -> Found:
    """Return a voucher whose code was shown a moment ago; NotFound when it is another's now."""
    found, _answered = find(session, actor=actor, voucher_id=voucher_id)
    if found is None:
        raise unknown_voucher()
    return found
