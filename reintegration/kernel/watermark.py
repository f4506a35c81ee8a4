"""Low watermarks: at or below one every row of a table has been worked on, and none can come.

Ids are given out before their transactions commit, so a row may appear below one that was worked
on long ago. A watermark only follows an id that was the highest while every transaction that could
hold a lower one has ended since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, func, literal, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from reintegration.kernel.base import Base
from reintegration.kernel.locking import lock

_SETTLES = timedelta(minutes=1)
"""From the moment an id is given out to the number of its transaction: far less than this."""
_OLDEST = text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_FOLLOWING = text("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


class Watermark(Base):
    """Who works through a table looks above `low` only.

    `next_low` becomes it once every transaction below `next_xid` has ended, and some time after
    `noted_at`: until then a late one may still add a row there.
    """

    __tablename__ = "watermark"

    name: Mapped[str] = mapped_column(primary_key=True)
    low: Mapped[int] = mapped_column(BigInteger)
    next_low: Mapped[int] = mapped_column(BigInteger)
    next_xid: Mapped[int] = mapped_column(BigInteger)
    noted_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Horizon:
    """The oldest transaction that goes on, the next one to begin, and the highest row."""

    oldest: int
    following: int
    highest: int


def horizon(session: Session, rows: InstrumentedAttribute[int]) -> Horizon:
    """Look at what goes on now; `rows` is the column of the ids."""
    highest = func.coalesce(func.max(rows), literal(0))
    return Horizon(*session.execute(select(_OLDEST, _FOLLOWING, highest)).one())


def low(session: Session, name: str) -> int:
    """Return the watermark; 0 as long as there is none."""
    return session.scalar(select(Watermark.low).where(Watermark.name == name)) or 0


def settled(name: str) -> ColumnElement[int]:
    """Return the watermark as a part of a statement that looks above it."""
    return func.punte_settled(name, type_=BigInteger)


def move_up(session: Session, name: str, seen: Horizon, *, now: datetime) -> tuple[int, int]:
    """Raise the watermark when what was noted for it has settled, and note what is next.

    Call it when everything that `seen` could show above the watermark has been worked on. Return
    where it stood and where it stands: each row in between is told of once.
    """
    mark = session.get(Watermark, name)
    if mark is None:
        mark = Watermark(name=name, low=0, next_low=0)
        session.add(mark)
    elif now - lock(session, mark).noted_at < _SETTLES or seen.oldest < mark.next_xid:
        return mark.low, mark.low
    before, mark.low = mark.low, mark.next_low
    mark.next_low, mark.next_xid, mark.noted_at = seen.highest, seen.following, now
    session.flush()
    return before, mark.low
