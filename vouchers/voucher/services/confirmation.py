"""Settling what was delivered without a PIN: never by the provider alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import provider_people
from reintegration.accounts.services import inbox
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_
from reintegration.kernel.signing import sign
from reintegration.plans.services.deliveries import record_service_delivered
from vouchers.books.services.journal import Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services.issuing import dimensions
from vouchers.voucher.services.locking import lock_redemption
from vouchers.voucher.services.remainder import release
from vouchers.voucher.services.voucher_moves import REDEMPTION, VOUCHER
from vouchers.voucher.states import OPEN_STATES

_DESK = (Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)


def confirm(session: Session, redemption: Redemption, *, actor: Actor, now: datetime) -> None:
    """Confirm a delivery: from now on it is owed. It works on a closed voucher too."""
    voucher = lock_redemption(session, redemption)
    REDEMPTION.fire(session, redemption, "confirm", actor=actor, now=now)
    sign(redemption, "settled_by", actor)
    redemption.settled_at = now
    _unhold(voucher, redemption)
    voucher.units_left -= redemption.units
    voucher.amount_left -= redemption.amount
    session.flush()
    source = Source(SourceType.REDEMPTION, redemption.id)
    about = dimensions(voucher).but(provider_id=redemption.provider_id)
    posting = Posting(
        PostingEvent.REDEEMED, redemption.amount, f"redeem|{redemption.id}", source, about
    )
    post(session, posting, actor=actor, now=now)
    record_service_delivered(
        session,
        voucher.plan_line_id,
        units=redemption.units,
        amount=redemption.amount,
        on=redemption.delivered_on,
    )
    _move_voucher(session, voucher, redemption, actor=actor, now=now)


def refuse(
    session: Session, redemption: Redemption, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Refuse a delivery that did not happen: its units are free again, and the desk reads why."""
    voucher = lock_redemption(session, redemption)
    REDEMPTION.fire(session, redemption, "refuse", actor=actor, now=now, reason=reason)
    sign(redemption, "settled_by", actor)
    redemption.settled_at = now
    redemption.state_reason = reason.strip()
    let_go(session, voucher, redemption, actor=actor, now=now)
    readers = provider_people(session, redemption.provider_id, *_DESK)
    message = N_("Delivery %(receipt)s was refused and is not paid. Read why.")
    key, link = f"redemption:{redemption.id}:refused", f"/redeem/receipts/{redemption.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, receipt=redemption.receipt)


def let_go(
    session: Session, voucher: Voucher, redemption: Redemption, *, actor: Actor, now: datetime
) -> None:
    """Free what an unconfirmed delivery held; on a closed voucher it is released."""
    _unhold(voucher, redemption)
    if voucher.state in OPEN_STATES:
        session.flush()
        return
    voucher.units_left -= redemption.units
    voucher.amount_left -= redemption.amount
    session.flush()
    release(
        session, voucher, redemption.amount, key=f"release|{redemption.id}", actor=actor, now=now
    )


def _unhold(voucher: Voucher, redemption: Redemption) -> None:
    voucher.units_pending -= redemption.units
    voucher.amount_pending -= redemption.amount


def _move_voucher(
    session: Session, voucher: Voucher, redemption: Redemption, *, actor: Actor, now: datetime
) -> None:
    """Make the voucher's move as a redemption makes it; a closed one stays so."""
    if voucher.state not in OPEN_STATES:
        return
    move = "redeem_part" if voucher.amount_left else "redeem_all"
    if not voucher.amount_left:
        voucher.print_sealed = None
    data = {"redemption": str(redemption.id)}
    VOUCHER.follow(session, voucher, move, actor=actor, now=now, data=data)
