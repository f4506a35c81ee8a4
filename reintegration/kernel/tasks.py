"""Background tasks: long work that a person started, such as an import.

A task runs in a process of its own, within limits of time and memory. One that ended its process
is tried once more; then it has failed, and says so. Its upload is not kept longer than it is read.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.base import Base, Id, Json
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import N_, DomainError
from reintegration.kernel.ids import new_id
from reintegration.kernel.tries import companion

ATTEMPTS = 2
"""How often a task may end its process before it is taken for what ends it."""

TOO_HEAVY = N_(
    "This was tried twice, and each time it needed more memory or time than there is. Divide the"
    " file, or save it again without what is not needed."
)
TOO_LARGE = N_("This needs more memory than there is for it. Divide the file and try again.")
TOO_LONG = N_("This took too long and was stopped. Divide the file and try again.")
NOT_DONE = N_("This did not work, and nothing was changed. Tell whoever runs the system.")


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
    attempts: Mapped[int] = mapped_column(default=0)
    options: Mapped[Json] = mapped_column(JSONB, default=dict)
    filename: Mapped[str | None]
    input: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[Json] = mapped_column(JSONB, default=dict)
    started_by: Mapped[UUID | None]
    deputyship_id: Mapped[UUID | None]
    """By which deputyship it was started, when it was."""
    queued_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_background_task_queue", "queued_at", postgresql_where="finished_at IS NULL"),
    )


class TaskPage(Base):
    """A part of what a task found that is too long for its result: shown page by page."""

    __tablename__ = "task_page"

    task_id: Mapped[UUID] = mapped_column(
        ForeignKey("background_task.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[list[Any]] = mapped_column(JSONB)


T = TypeVar("T")


class Progress(Protocol):
    """How a task says how far it is; it may be called for each line."""

    def __call__(self, done: int, total: int, doing: str = "") -> None:
        """Say so much of the whole is done, and in a marked sentence what is being done."""


def untold(done: int, total: int, doing: str = "") -> None:
    """Say nothing: the progress of work that nobody looks at."""


def told_of(things: Iterable[T], total: int, progress: Progress, doing: str) -> Iterator[T]:
    """Yield these things, and say with each how many there were before it."""
    for done, thing in enumerate(things):
        progress(done, total, doing)
        yield thing


TaskRunner = Callable[[Session, BackgroundTask, Progress], dict[str, Any]]

_runners: dict[str, TaskRunner] = {}
_ABANDONED_AFTER = timedelta(minutes=2)
_SHOWN_EVERY = 1.0
"""Seconds: who looks asks every two, and each telling is a transaction of its own."""


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
        deputyship_id=actor.deputyship_id,
        queued_at=now,
        result={},
    )
    session.add(task)
    session.flush()
    return task


def next_task(session: Session, *, now: datetime) -> BackgroundTask | None:
    """Claim the oldest task that waits, or that a killed process left behind; caller commits.

    One that has ended its process too often already fails here instead.
    """
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
    if task is None:
        return None
    if task.attempts >= ATTEMPTS:
        fail_task(session, task.id, TOO_HEAVY, now=now)
        return None
    task.state, task.heartbeat_at = TaskState.RUNNING, now
    task.attempts += 1
    return task


def run_task(session: Session, task: BackgroundTask, *, now: datetime) -> None:
    """Run a claimed task; the caller commits. What it raises is kept by `fail_task`."""
    task.result = _runners[task.kind](session, task, _progress_of(session, task.id))
    task.state, task.finished_at, task.input = TaskState.DONE, now, None


def fail_task(
    session: Session, task_id: UUID, problem: str, *, now: datetime, **params: Any
) -> None:
    """Note that a task failed, in a marked sentence; its upload is not kept."""
    session.execute(
        update(BackgroundTask)
        .where(BackgroundTask.id == task_id, BackgroundTask.finished_at.is_(None))
        .values(
            state=TaskState.FAILED,
            finished_at=now,
            input=None,
            result={"problem": problem, "params": {k: str(v) for k, v in params.items()}},
        )
    )


def fail_with(session: Session, task_id: UUID, problem: BaseException, *, now: datetime) -> None:
    """Note what a task raised: a refusal in its own words, anything else in words of ours."""
    if isinstance(problem, DomainError):
        fail_task(session, task_id, problem.message, now=now, **problem.params)
    else:
        said = TOO_LARGE if isinstance(problem, MemoryError) else NOT_DONE
        fail_task(session, task_id, said, now=now)


def put_back(session: Session, task_id: UUID, *, now: datetime) -> None:
    """A task's process ended before the task: it is tried again, or has failed for good."""
    task = session.get_one(BackgroundTask, task_id, populate_existing=True)
    if task.finished_at is not None:
        return
    if task.attempts >= ATTEMPTS:
        fail_task(session, task_id, TOO_HEAVY, now=now)
    else:
        task.state = TaskState.QUEUED


def give_back(session: Session, task_id: UUID) -> None:
    """Whoever looked after a task ends: it waits again, and this attempt does not count."""
    session.execute(
        update(BackgroundTask)
        .where(BackgroundTask.id == task_id, BackgroundTask.finished_at.is_(None))
        .values(state=TaskState.QUEUED, attempts=BackgroundTask.attempts - 1)
    )


def keep_alive(session: Session, task_id: UUID, *, now: datetime) -> None:
    """Say that somebody still looks after a task."""
    session.execute(
        update(BackgroundTask).where(BackgroundTask.id == task_id).values(heartbeat_at=now)
    )


def _progress_of(session: Session, task_id: UUID) -> Progress:
    """Return a function that shows progress while the task's own transaction is still open.

    It shows what is done next at once, and how far that is once a second.
    """
    engine = companion(session)
    shown_at, shown = float("-inf"), ""

    def progress(done: int, total: int, doing: str = "") -> None:
        nonlocal shown_at, shown
        if doing == shown and monotonic() - shown_at < _SHOWN_EVERY:
            return
        with Session(engine) as own, own.begin():
            act_as(own, SYSTEM)
            own.execute(
                update(BackgroundTask)
                .where(BackgroundTask.id == task_id)
                .values(done=done, total=total, result={"doing": doing}, heartbeat_at=clock.now())
            )
        shown_at, shown = monotonic(), doing

    return progress
