"""Reading the messages from Stripe."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import or_404
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from reintegration.kernel.tries import TryCounter
from reintegration.web.paging import Page, page_of
from vouchers.stripe_rail.models import StripeEvent, StripeTransfer
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import EventState

WRONG_SIGNATURES = "stripe:signature"
"""The counter of messages whose signature was wrong."""
LANE = "stripe."
"""How the names of the outbox channels to Stripe begin."""


def events_page(
    session: Session, actor: Actor, *, state: EventState, cursor: str | None
) -> Page[StripeEvent]:
    """Return a page of the messages in one state, the latest first."""
    visible = permissions.visible(actor, StripeEvent, StripePermission.VIEW)
    statement = visible.where(StripeEvent.state == state)
    return page_of(
        session, statement, keys=(StripeEvent.received_at, StripeEvent.id), cursor=cursor
    )


def event_or_404(session: Session, actor: Actor, event_id: UUID) -> StripeEvent:
    """Return a message, or raise NotFound."""
    visible = permissions.visible(actor, StripeEvent, StripePermission.VIEW)
    return or_404(session.scalar(visible.where(StripeEvent.id == event_id)))


def refused_count(session: Session) -> Count:
    """Return how many messages were refused and wait for somebody."""
    return bounded.count(session, _refused())


def refused_pile(session: Session) -> Pile:
    """Return how many messages were refused, and since when they wait."""
    return bounded.pile(session, _refused(), since=StripeEvent.received_at)


def heard_at(session: Session) -> datetime | None:
    """Return when a message from Stripe came last; who asks sees no message by it."""
    last = [_last_in(state) for state in EventState]
    with acting_as_system(session):
        return session.scalar(select(func.greatest(*last)))


def paid_at(session: Session) -> datetime | None:
    """Return when a transfer was made last. It reads them all: for a command, not for a page."""
    return session.scalar(select(func.max(StripeTransfer.made_at)))


def wrong_signatures(session: Session, *, now: datetime) -> int:
    """Return how many messages with a wrong signature came within the hour."""
    counted = select(TryCounter.spent).where(
        TryCounter.key == WRONG_SIGNATURES, TryCounter.window_ends_at > now
    )
    return session.scalar(counted) or 0


def queued_before(session: Session, before: datetime) -> Pile:
    """Return what waits for Stripe since before then."""
    late = select(OutboxMessage).where(
        OutboxMessage.channel.startswith(LANE),
        OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.UNKNOWN)),
        OutboxMessage.queued_at < before,
    )
    return bounded.pile(session, late, since=OutboxMessage.queued_at)


def _last_in(state: EventState) -> ScalarSelect[datetime]:
    last = select(func.max(StripeEvent.received_at)).where(StripeEvent.state == state)
    return last.scalar_subquery()


def _refused() -> Select[StripeEvent]:
    return select(StripeEvent).where(StripeEvent.state == EventState.REFUSED)
