"""Messages from Stripe: each is kept once and worked off by the outbox, or refused with a reason.

A message only says what to look at. What became of it is asked of Stripe anew, so that their order
and their number do not matter.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.kernel import audit, outbox, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from vouchers.stripe_rail.models import StripeAccount, StripeEvent
from vouchers.stripe_rail.objects import Notice
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import AccountState, EventProblem, EventState

CHANNEL = "stripe.event"
OF_ACCOUNTS = "v2.core.account"
"""How the kinds of messages begin whose object is itself an account."""
_OPENING_TAKES = timedelta(minutes=5)
_MOST_WAITS = 8


def received(
    session: Session, notice: Notice, *, live: bool, actor: Actor, now: datetime
) -> StripeEvent | None:
    """Keep a message and have it worked off; None for one that came before.

    `live` says whether we move real money. A message of the other mode, or about an account that
    nobody of ours has, is kept as refused.
    """
    permissions.demand(actor, StripePermission.TELL)
    with acting_as_system(session):
        event = _kept(session, notice, now)
        if event is not None:
            _begin(session, event, notice, live=live, now=now)
        return event


def _kept(session: Session, notice: Notice, now: datetime) -> StripeEvent | None:
    return session.scalar(
        insert(StripeEvent)
        .values(
            id=new_id(),
            reference=notice.reference,
            kind=notice.kind,
            about=notice.about,
            account=notice.account,
            made_at=notice.made_at,
            received_at=now,
            state=EventState.WAITING,
            attempts=0,
            next_attempt_at=now,
            problem="",
        )
        .on_conflict_do_nothing(index_elements=[StripeEvent.reference])
        .returning(StripeEvent)
    )


def _begin(
    session: Session, event: StripeEvent, notice: Notice, *, live: bool, now: datetime
) -> None:
    if notice.live != live:
        problem = EventProblem.TEST_MODE if live else EventProblem.LIVE_MODE
        worked_off(session, event, problem=problem, now=now)
    else:
        _put(session, event, now)


def _put(session: Session, event: StripeEvent, at: datetime) -> None:
    """Queue a message to be worked off at `at`, unless it is of a foreign account."""
    if not (_is_ours(session, event) or _one_is_being_opened(session)):
        worked_off(session, event, problem=EventProblem.UNKNOWN_ACCOUNT, now=at)
        return
    outbox.put(
        session,
        channel=CHANNEL,
        key=f"stripe_event:{event.id}:{event.attempts}",
        payload={
            "event": str(event.id),
            "kind": event.kind,
            "about": event.about,
            "account": event.account,
            "made_at": event.made_at.isoformat(),
        },
        now=at,
    )


def account_of(event: StripeEvent) -> str:
    """Return the provider's account at Stripe that a message is about; nothing: our own."""
    return event.about if event.kind.startswith(OF_ACCOUNTS) else event.account


def _is_ours(session: Session, event: StripeEvent) -> bool:
    account = account_of(event)
    if not account:
        return True
    ours = select(literal(1)).where(StripeAccount.reference == account)
    return session.scalar(ours) is not None


def _one_is_being_opened(session: Session) -> bool:
    """Whether Stripe may tell of an account before its opening was answered to us."""
    opening = select(literal(1)).where(StripeAccount.state == AccountState.OPENING).limit(1)
    return session.scalar(opening) is not None


def waiting(session: Session, event_id: UUID) -> StripeEvent | None:
    """Return a message that is still to be worked off."""
    event = session.get(StripeEvent, event_id)
    return event if event is not None and event.state is EventState.WAITING else None


def is_settled_account(session: Session, event: StripeEvent, *, now: datetime) -> bool:
    """Whether it is known whose account a message is about; else it waits, or is refused.

    It waits while an account is being opened: that account is known when Stripe's answer is here.
    """
    if _is_ours(session, event):
        return True
    if event.attempts < _MOST_WAITS and _one_is_being_opened(session):
        event.attempts += 1
        event.next_attempt_at = now + _OPENING_TAKES
        _put(session, event, event.next_attempt_at)
    else:
        worked_off(session, event, problem=EventProblem.UNKNOWN_ACCOUNT, now=now)
    return False


def worked_off(session: Session, event: StripeEvent, *, problem: str = "", now: datetime) -> None:
    """Say that a message is done, or refused for `problem`: a code of ours or of Stripe."""
    session.execute(
        update(StripeEvent)
        .where(StripeEvent.id == event.id, StripeEvent.state == EventState.WAITING)
        .values(
            state=EventState.REFUSED if problem else EventState.DONE,
            problem=str(problem),
            settled_at=now,
        )
    )


def try_again(session: Session, event: StripeEvent, *, actor: Actor, now: datetime) -> StripeEvent:
    """Have a refused message worked off once more: its cause may be gone."""
    permissions.demand(actor, StripePermission.TRY_AGAIN, event)
    lock(session, event)
    if event.state is not EventState.REFUSED:
        raise Conflict(N_("This message is not refused any more."), code="state")
    event.attempts += 1
    event.state, event.problem, event.settled_at = EventState.WAITING, "", None
    event.next_attempt_at = now
    session.flush()
    audit.record(session, "stripe_event:try_again", event, actor=actor, now=now)
    with acting_as_system(session):
        _put(session, event, now)
    session.refresh(event)
    return event
