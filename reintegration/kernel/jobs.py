"""Scheduled jobs: they recur, and each of their slots runs once.

It runs once whoever asks and however often (`job_run` is unique on job and slot). A job missed
while the scheduler was down runs once when it is back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base


class JobRun(Base):
    """One slot of one job. The row is inserted before the work: it is the claim to the slot."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Job:
    """`run(session, now)` is idempotent and returns a line for the log, or None for silence."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime], str | None]

    def slot(self, now: datetime) -> datetime:
        """Return the begin of the slot that `now` falls in."""
        seconds = int(self.every.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def counting(work: Callable[..., int], what: str) -> Callable[[Session, datetime], str | None]:
    """Return the run of a job whose work returns how many there were of `what`."""

    def run(session: Session, now: datetime) -> str | None:
        count = work(session, now=now)
        return f"{count} {what}" if count else None

    return run


_jobs: dict[str, Job] = {}
_REMEMBERED = timedelta(days=7)


def register(job: Job) -> None:
    """Add a job to the schedule; the last registration of a name counts."""
    _jobs[job.name] = job


def scheduled() -> list[Job]:
    """Return every job."""
    return list(_jobs.values())


def skip_slot(session: Session, job: Job, *, now: datetime) -> None:
    """Let the slot of `now` count as run: its work was done otherwise."""
    done = {"job": job.name, "slot": job.slot(now), "finished_at": now, "outcome": None}
    session.execute(insert(JobRun).values(done).on_conflict_do_nothing())


def run_slot(session: Session, job: Job, *, now: datetime) -> bool:
    """Run `job` for the slot of `now` unless that slot was run; the caller commits.

    The claim and the work are one transaction: a killed process leaves neither.
    """
    slot = job.slot(now)
    claimed = session.scalar(
        insert(JobRun)
        .values(job=job.name, slot=slot)
        .on_conflict_do_nothing(index_elements=[JobRun.job, JobRun.slot])
        .returning(JobRun.job)
    )
    if claimed is None:
        return False
    outcome = job.run(session, now)
    session.execute(
        update(JobRun)
        .where(JobRun.job == job.name, JobRun.slot == slot)
        .values(finished_at=now, outcome=outcome)
    )
    return True


def forget(session: Session, now: datetime) -> str | None:
    """Delete slots that ran more than a week ago; nobody asks for them any more."""
    gone = session.scalars(
        delete(JobRun).where(JobRun.slot < now - _REMEMBERED).returning(JobRun.job)
    ).all()
    return f"{len(gone)} forgotten" if gone else None
