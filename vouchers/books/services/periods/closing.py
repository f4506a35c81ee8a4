"""Closing a month and opening it again: each by two people."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, unsign
from vouchers.books.models import AccountingPeriod
from vouchers.books.permissions import PeriodPermission
from vouchers.books.queries.month_checks import Check
from vouchers.books.services.periods.checklist import checks_of
from vouchers.books.services.periods.months import lock_alone
from vouchers.books.services.periods.moves import PERIOD
from vouchers.books.services.periods.signing_off import sign_off
from vouchers.books.states import NOTHING_POSTED


def prepare(session: Session, period: AccountingPeriod, *, actor: Actor, now: datetime) -> None:
    """Propose that a month is closed; raise Conflict while something stops it."""
    permissions.demand(actor, PeriodPermission.PREPARE, period)
    lock(session, period)
    PERIOD.target(period.state, "prepare")
    _refuse_open(checks_of(session, period, now=now))
    for act in ("closed_by", "reopen_asked_by", "reopened_by"):
        unsign(period, act)
    period.closed_at = period.reopen_asked_at = period.reopened_at = None
    period.reopen_reason = ""
    sign(period, "prepared_by", actor)
    period.prepared_at = now
    PERIOD.fire(session, period, "prepare", actor=actor, now=now)


def discard(session: Session, period: AccountingPeriod, *, actor: Actor, now: datetime) -> None:
    """Take back that a month be closed, or refuse it."""
    permissions.demand(actor, PeriodPermission.DISCARD, period)
    lock(session, period)
    PERIOD.target(period.state, "discard")
    unsign(period, "prepared_by")
    period.prepared_at = None
    PERIOD.fire(session, period, "discard", actor=actor, now=now)


def close(session: Session, period: AccountingPeriod, *, actor: Actor, now: datetime) -> None:
    """Close what somebody else proposed: nothing is posted in it or before it any more.

    It waits for whatever is being posted in the month now, and asks the checklist once more then.
    What is signed off is kept, and its hash stands in the trail.
    """
    permissions.demand(actor, PeriodPermission.CLOSE, period)
    lock(session, period)
    PERIOD.target(period.state, "close")
    permissions.demand(actor, PeriodPermission.CLOSE, period)
    lock_alone(session, period.month)
    checks = checks_of(session, period, now=now)
    _refuse_open(checks)
    signed = sign_off(session, period, checks, actor=actor, now=now)
    sign(period, "closed_by", actor)
    period.closed_at = now
    warned = [one.code for one in checks if one.is_open]
    data = {"warned": warned, "sha256": signed.sha256}
    PERIOD.fire(session, period, "close", actor=actor, now=now, data=data)


def ask_to_reopen(
    session: Session, period: AccountingPeriod, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Ask that a closed month be opened; Conflict when a later one is closed too."""
    permissions.demand(actor, PeriodPermission.ASK_TO_REOPEN, period)
    lock(session, period)
    PERIOD.target(period.state, "ask_to_reopen")
    _refuse_later(session, period)
    sign(period, "reopen_asked_by", actor)
    period.reopen_asked_at = now
    period.reopen_reason = reason.strip()
    PERIOD.fire(session, period, "ask_to_reopen", actor=actor, now=now, reason=reason)


def keep_closed(session: Session, period: AccountingPeriod, *, actor: Actor, now: datetime) -> None:
    """Leave a month closed that somebody asked to open."""
    permissions.demand(actor, PeriodPermission.KEEP_CLOSED, period)
    lock(session, period)
    PERIOD.target(period.state, "keep_closed")
    unsign(period, "reopen_asked_by")
    period.reopen_asked_at = None
    period.reopen_reason = ""
    PERIOD.fire(session, period, "keep_closed", actor=actor, now=now)


def reopen(session: Session, period: AccountingPeriod, *, actor: Actor, now: datetime) -> None:
    """Open a month that somebody else asked to open."""
    permissions.demand(actor, PeriodPermission.REOPEN, period)
    lock(session, period)
    PERIOD.target(period.state, "reopen")
    permissions.demand(actor, PeriodPermission.REOPEN, period)
    _refuse_later(session, period)
    sign(period, "reopened_by", actor)
    period.reopened_at = now
    reason = period.reopen_reason
    PERIOD.fire(session, period, "reopen", actor=actor, now=now, reason=reason)


def _refuse_open(checks: list[Check]) -> None:
    for one in checks:
        if one.stops_now:
            raise Conflict(
                N_("The checklist stops the close: see what is open, and settle it first."),
                code=f"check_{one.code}",
            )


def _refuse_later(session: Session, period: AccountingPeriod) -> None:
    later = session.scalar(
        select(AccountingPeriod.month)
        .where(AccountingPeriod.month > period.month, AccountingPeriod.state.in_(NOTHING_POSTED))
        .limit(1)
    )
    if later is not None:
        raise Conflict(
            N_("A later month is closed too: only the last closed month is opened again."),
            code="later_closed",
        )
