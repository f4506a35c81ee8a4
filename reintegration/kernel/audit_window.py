"""The low watermark of the sealer: at or below it every event is sealed, and none can come.

Ids are given out before their transactions commit, so an event may appear below one that was
sealed long ago. The watermark only follows an id that was the highest while every transaction that
could hold a lower one has ended since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from reintegration.kernel.audit import AuditWindow

_SETTLES = timedelta(minutes=1)
"""From the moment an id is given out to the number of its transaction: far less than this."""
_HORIZON = text(
    "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint,"
    " (SELECT coalesce(max(id), 0) FROM audit_event) FROM pg_current_snapshot() s"
)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The oldest transaction that goes on, the next one to begin, and the highest event."""

    oldest: int
    following: int
    highest: int


def horizon(session: Session) -> Horizon:
    """Look at what goes on now."""
    return Horizon(*session.execute(_HORIZON).one())


def low(session: Session) -> int:
    """Return the watermark."""
    window = session.get(AuditWindow, 1)
    return window.low if window is not None else 0


def move_up(session: Session, seen: Horizon, *, now: datetime) -> None:
    """Raise the watermark when what was noted for it has settled, and note what is next.

    Call it when everything that `seen` could show above the watermark has been sealed.
    """
    window = session.get(AuditWindow, 1)
    if window is None:
        window = AuditWindow(id=1, low=0)
        session.add(window)
    elif now - window.noted_at < _SETTLES or seen.oldest < window.next_xid:
        return
    else:
        window.low = window.next_low
    window.next_low, window.next_xid, window.noted_at = seen.highest, seen.following, now
    session.flush()
