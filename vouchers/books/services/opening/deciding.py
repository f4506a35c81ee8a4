"""Deciding on the balances that the books begin with: another person posts them, or drops them."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign
from vouchers.books.models import OpeningBalance
from vouchers.books.permissions import OpeningPermission
from vouchers.books.services.opening.posting import post_all, take_back_all


def approve(
    session: Session, opening: OpeningBalance, *, actor: Actor, now: datetime
) -> OpeningBalance:
    """Post what somebody else proposed; raise Conflict when it was decided, or a law of funds."""
    lock(session, opening)
    permissions.demand(actor, OpeningPermission.APPROVE, opening)
    _must_wait(opening)
    post_all(session, opening, actor=actor, now=now)
    sign(opening, "approved_by", actor)
    opening.approved_at = now
    session.flush()
    audit.record(session, "opening_balance:approve", opening, actor=actor, now=now)
    return opening


def drop(session: Session, opening: OpeningBalance, *, actor: Actor, now: datetime) -> None:
    """Drop a proposal that was not approved; its funds stay, without money."""
    lock(session, opening)
    permissions.demand(actor, OpeningPermission.DROP, opening)
    _must_wait(opening)
    opening.retired_at = now
    session.flush()
    audit.record(session, "opening_balance:drop", opening, actor=actor, now=now)


def take_back(
    session: Session, opening: OpeningBalance, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Post the reverse of approved balances; raise Conflict once some of it is promised."""
    lock(session, opening)
    permissions.demand(actor, OpeningPermission.TAKE_BACK, opening)
    if not opening.in_use:
        raise Conflict(N_("These balances are not in the books."), code="in_use")
    take_back_all(session, opening, actor=actor, now=now)
    opening.retired_at = now
    session.flush()
    audit.record(
        session, "opening_balance:take_back", opening, actor=actor, now=now, reason=reason.strip()
    )


def _must_wait(opening: OpeningBalance) -> None:
    if not opening.waits:
        raise Conflict(N_("These balances were decided on already."), code="decided")
