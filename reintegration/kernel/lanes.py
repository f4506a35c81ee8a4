"""The lanes of the scheduler: each does its own kind of work, and none waits for another."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base

STANDS_AFTER = timedelta(minutes=2)
"""A lane that said nothing for so long stands still."""


class Lane(StrEnum):
    """What runs beside what: recurring jobs, messages to the outside, payments, tasks of people."""

    JOBS = "jobs"
    OUTBOX = "outbox"
    PAYMENTS = "payments"
    TASKS = "tasks"


class LaneBeat(Base):
    """When a lane last said that it goes on."""

    __tablename__ = "lane_beat"

    lane: Mapped[Lane] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]


def beat(session: Session, lane: Lane, *, now: datetime) -> None:
    """Say that `lane` goes on; the caller commits."""
    row = insert(LaneBeat).values(lane=lane, beat_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[LaneBeat.lane], set_={"beat_at": row.excluded.beat_at}
        )
    )


def standing(session: Session, *, now: datetime) -> list[Lane]:
    """Return the lanes that stand still."""
    going = session.scalars(select(LaneBeat.lane).where(LaneBeat.beat_at >= now - STANDS_AFTER))
    return sorted(set(Lane) - set(going))
