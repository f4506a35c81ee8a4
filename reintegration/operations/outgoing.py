"""Messages to the outside on which a person decides. What one says is read by nobody."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session, defer

from reintegration.kernel import audit, bounded, outbox, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import NotFound
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations.permissions import OutgoingPermission
from reintegration.web.paging import Page, page_of


class Decision(StrEnum):
    """What becomes of a message; the word of the trail."""

    AGAIN = "send_again"
    SENT = "take_as_sent"


_DONE = {Decision.AGAIN: outbox.send_again, Decision.SENT: outbox.take_as_sent}


def decide(
    session: Session, message_id: UUID, decision: Decision, *, actor: Actor, now: datetime
) -> None:
    """Decide on a message that failed or is unknown; one that is neither raises NotFound."""
    permissions.demand(actor, OutgoingPermission.DECIDE)
    with acting_as_system(session):
        _DONE[decision](session, message_id, now=now)
    about = audit.Subject("outbox_message", message_id)
    audit.record(session, f"outbox:{decision}", about, actor=actor, now=now)


def undecided_page(session: Session, actor: Actor, *, cursor: str | None) -> Page[OutboxMessage]:
    """Return a page of what waits for a decision, the oldest first."""
    keys = (OutboxMessage.queued_at, OutboxMessage.id)
    statement = _undecided(actor)
    with acting_as_system(session):
        return page_of(session, statement, keys=keys, cursor=cursor, ascending=True)


def undecided_or_404(session: Session, actor: Actor, message_id: UUID) -> OutboxMessage:
    """Return a message that waits for a decision, or raise NotFound."""
    statement = _undecided(actor).where(OutboxMessage.id == message_id)
    with acting_as_system(session):
        message = session.scalar(statement)
    if message is None:
        raise NotFound
    return message


def waiting(session: Session, actor: Actor) -> Count:
    """Return how many wait for a decision."""
    statement = _undecided(actor)
    with acting_as_system(session):
        return bounded.count(session, statement)


def waiting_pile(session: Session, actor: Actor) -> Pile:
    """Return how many wait for a decision, and since when."""
    statement = _undecided(actor)
    with acting_as_system(session):
        return bounded.pile(session, statement, since=OutboxMessage.queued_at)


def _undecided(actor: Actor) -> Select[OutboxMessage]:
    permissions.demand(actor, OutgoingPermission.DECIDE)
    return outbox.undecided().options(defer(OutboxMessage.payload, raiseload=True))
