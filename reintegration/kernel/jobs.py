"""Scheduled jobs and background tasks.

A *job* recurs; each of its slots runs once, whoever asks and however often (`job_run` is unique
on job and slot). A job missed while the scheduler was down runs once when it is back. A *task* is
long work that a person started; its progress is committed as it goes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.base import Base, Id, Json
from reintegration.kernel.db import act_as
from reintegration.kernel.ids import new_id
from reintegration.kernel.tries import companion


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


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Add a job to the schedule; the last registration of a name counts."""
    _jobs[job.name] = job


def scheduled() -> list[Job]:
    """Return every job."""
    return list(_jobs.values())


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


class TaskState(StrEnum):
    """Where a background task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BackgroundTask(Base):
    """Long work that a person started, with its input, progress and result."""

    __tablename__ = "background_task"

    id: Mapped[Id]
    kind: Mapped[str]
    state: Mapped[TaskState] = mapped_column(default=TaskState.QUEUED)
    options: Mapped[Json] = mapped_column(JSONB, default=dict)
    filename: Mapped[str | None]
    input: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[Json] = mapped_column(JSONB, default=dict)
    started_by: Mapped[UUID | None]
    queued_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_background_task_queue", "queued_at", postgresql_where="finished_at IS NULL"),
    )


Progress = Callable[[int, int], None]
TaskRunner = Callable[[Session, BackgroundTask, Progress], dict[str, Any]]

_runners: dict[str, TaskRunner] = {}
_ABANDONED_AFTER = timedelta(minutes=2)
_REMEMBERED = timedelta(days=7)


def register_task(kind: str, runner: TaskRunner) -> None:
    """Say how tasks of `kind` are run: in one transaction, returning the result to show."""
    _runners[kind] = runner


def queue(
    session: Session,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    options: dict[str, Any] | None = None,
    filename: str | None = None,
    content: bytes | None = None,
) -> BackgroundTask:
    """Queue a task; the scheduler picks it up within a second or two."""
    task = BackgroundTask(
        id=new_id(),
        kind=kind,
        options=options or {},
        filename=filename,
        input=content,
        started_by=actor.id,
        queued_at=now,
        result={},
    )
    session.add(task)
    session.flush()
    return task


def next_task(session: Session, *, now: datetime) -> BackgroundTask | None:
    """Claim the oldest task that waits, or that a killed process left behind; caller commits."""
    task = session.scalar(
        select(BackgroundTask)
        .where(
            BackgroundTask.finished_at.is_(None),
            (BackgroundTask.state == TaskState.QUEUED)
            | (BackgroundTask.heartbeat_at < now - _ABANDONED_AFTER),
        )
        .order_by(BackgroundTask.queued_at)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if task is not None:
        task.state, task.heartbeat_at = TaskState.RUNNING, now
    return task


def run_task(session: Session, task: BackgroundTask, *, now: datetime) -> None:
    """Run a claimed task; the caller commits. What it raises is kept by `fail_task`."""
    task.result = _runners[task.kind](session, task, _progress_of(session, task.id))
    task.state, task.finished_at, task.input = TaskState.DONE, now, None


def fail_task(session: Session, task_id: UUID, problem: str, *, now: datetime) -> None:
    """Note that a task failed, after its own transaction was rolled back."""
    session.execute(
        update(BackgroundTask)
        .where(BackgroundTask.id == task_id)
        .values(state=TaskState.FAILED, finished_at=now, result={"problem": problem})
    )


def _progress_of(session: Session, task_id: UUID) -> Progress:
    """Return a function that shows progress while the task's own transaction is still open."""
    engine = companion(session)

    def progress(done: int, total: int) -> None:
        with Session(engine) as own, own.begin():
            act_as(own, SYSTEM)
            own.execute(
                update(BackgroundTask)
                .where(BackgroundTask.id == task_id)
                .values(done=done, total=total, heartbeat_at=datetime.now(UTC))
            )

    return progress
