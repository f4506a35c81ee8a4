"""Asking the scanner about parts of papers, outside of any transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.db import session
from reintegration.kernel.errors import Conflict
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import Channel, OutboxMessage, OutboxState, Outcome, TryLater
from reintegration.papers import scanner
from reintegration.papers.scanner import NoAnswer
from reintegration.papers.services import scanning, sealing
from reintegration.papers.services.uploading import SCAN_CHANNEL

_LATER = timedelta(minutes=1)


def channel() -> Channel:
    """Return the way to the scanner. It is asked until it answers: nobody else can decide."""
    return Channel(SCAN_CHANNEL, send, find_out=_ask_again, came_of=came_of, people_decide=False)


def send(message: OutboxMessage) -> bool:
    """Return whether a part is harmful; raise TryLater while the scanner does not answer."""
    asked = scanner.in_use()
    if asked is None:
        raise TryLater("no scanner is set", after=_LATER)
    part_id = _part_of(message)
    try:
        content = committed(session(), lambda: scanning.content_of(session(), part_id))
    except Conflict as refused:
        if refused.code != sealing.AWAY:
            raise
        raise TryLater(str(refused), after=_LATER) from None
    try:
        return content is not None and asked.is_harmful(content)
    except NoAnswer as problem:
        raise TryLater(str(problem), after=_LATER) from None


def came_of(opened: Session, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    """Let the part be opened, or destroy it."""
    if outcome.state == OutboxState.SENT:
        scanning.answered(opened, _part_of(message), harmful=bool(outcome.answer), now=now)


def _ask_again(_message: OutboxMessage, _now: datetime) -> Outcome:
    """Ask anew after a sender that was killed: asking changes nothing."""
    return Outcome(OutboxState.QUEUED, "asked again")


def _part_of(message: OutboxMessage) -> UUID:
    return UUID(message.payload["part"])
