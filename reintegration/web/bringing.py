"""Bringing data in from tables, each kind by a row of one registry: whole, or not at all.

A dry run is the run itself, taken back: it uses the same services, so it cannot say otherwise. What
a table asks twice is done once, so the same file again changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, DomainError, Invalid, NotFound
from reintegration.kernel.ports import Port
from reintegration.kernel.tasks import BackgroundTask, Progress, TaskPage, register_task, untold
from reintegration.web.table_cells import CellError
from reintegration.web.table_reading import Note, Table, read

MOST_BYTES = 20 * 1024 * 1024
MOST_ERRORS = 2_000
_LOCK = 0x50554E5410
READING, WRITING = N_("Reading the file"), N_("Writing what stands in the file")

who_started = Port[[Session, BackgroundTask], Actor | None]("who started a task, as they act now")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, or would be: rows that were read, how many of what, and what is wrong."""

    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a task keeps it: no row of the file is among it."""
        return {
            "total": self.total,
            "counts": dict(self.counts),
            "errors": [one.as_json() for one in self.errors[:MOST_ERRORS]],
            "ignored": list(self.ignored),
            "notes": [asdict(one) for one in self.notes],
        }


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `name` stands in its template, `what` is a marked sentence."""

    name: str
    what: str
    needed: bool = False


CarryOut = Callable[[Session, Table, Actor, datetime, Progress], Done]


@dataclass(frozen=True, slots=True)
class Entry:
    """What can come in, where, and how much of it is in; texts are marked."""

    title: str
    hint: str
    order: int
    permission: StrEnum
    endpoint: str
    already: Callable[[Session], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that comes in by a table.

    `carry_out` writes with the services that people use and returns every error. Texts are
    marked; `counted` says what its counts are called, `already` how many are in.
    """

    name: str
    title: str
    hint: str
    order: int
    permission: StrEnum
    columns: Sequence[Column]
    examples: Sequence[Sequence[str]]
    counted: Mapping[str, str]
    carry_out: CarryOut
    already: Callable[[Session], int]
    allowed: Callable[[], Mapping[str, Sequence[Sequence[str]]]] = dict
    after: tuple[str, str] = ("", "")
    """The endpoint where one goes on, and what is done there."""

    @property
    def check(self) -> str:
        """Return the name of the task that tries a file out."""
        return f"{self.name}.check"

    @property
    def write(self) -> str:
        """Return the name of the task that brings a file in."""
        return f"{self.name}.import"

    @property
    def pages(self) -> str:
        """Return the name of the blueprint with its pages."""
        return f"{self.name}_import"


_entries: dict[str, Entry] = {}


def announce(entry: Entry) -> None:
    """Show what has pages of its own among what can come in."""
    _entries[entry.endpoint] = entry


def register(kind: Kind) -> None:
    """Let this kind come in."""
    endpoint = f"{kind.pages}.upload"
    announce(Entry(kind.title, kind.hint, kind.order, kind.permission, endpoint, kind.already))
    register_task(kind.check, lambda *given: _run_check(kind, *given))
    register_task(kind.write, lambda *given: _run_write(kind, *given))


def entries() -> list[Entry]:
    """Return what can come in, in the order in which it does."""
    return sorted(_entries.values(), key=lambda entry: entry.order)


def bring_in(
    session: Session,
    kind: Kind,
    table: Table,
    *,
    actor: Actor,
    now: datetime,
    only_try: bool = False,
    progress: Progress = untold,
) -> Done:
    """Bring a table in and say what was done; with an error, or as a try, nothing of it is kept.

    One at a time: of two with the same file, the second finds that all of it is there.
    """
    permissions.demand(actor, kind.permission)
    with session.begin_nested() as tried:
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        done = kind.carry_out(session, table, actor, now, progress)
        session.flush()
        if done.errors or only_try:
            tried.rollback()
    return done


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """Let something be done to see what follows, and take all of it back."""
    with session.begin_nested() as tried:
        yield
        tried.rollback()


def unreadable(error: DomainError) -> Done:
    """Return what is said of a file that is no table."""
    return Done(errors=(CellError(0, "", error.message, error.params),))


def refusal(
    row: int, error: DomainError, columns: Mapping[str, str], *, whose: str = ""
) -> CellError:
    """Return what a service refused as the error of a row; `columns` maps its fields to columns."""
    column = columns.get(error.field or "", error.field or "")
    params = {name: str(value) for name, value in error.params.items()}
    return CellError(row, column, error.message, params, whose)


def template(kind: Kind) -> tuple[list[str], Iterable[Sequence[str]]]:
    """Return the head of a table of this kind, and invented rows."""
    return [column.name for column in kind.columns], kind.examples


def _run_check(
    kind: Kind, session: Session, task: BackgroundTask, progress: Progress
) -> dict[str, Any]:
    """Try a file out; one that may come in is kept sealed until it does, or some days."""
    progress(0, 1, READING)
    content = task.input or b""
    try:
        table = _table(content, task)
    except DomainError as error:
        return unreadable(error).as_json()
    done = bring_in(
        session,
        kind,
        table,
        actor=_actor(session, task),
        now=clock.now(),
        only_try=True,
        progress=progress,
    )
    if not done.errors:
        sealed = keyring(session).seal_upload(content, task_id=str(task.id))
        session.add(TaskPage(task_id=task.id, part=0, number=0, content=[{"sealed": sealed}]))
        session.flush()
    return done.as_json()


def _run_write(
    kind: Kind, session: Session, task: BackgroundTask, progress: Progress
) -> dict[str, Any]:
    """Bring in what was tried out, in the name of whoever confirmed it."""
    check_id = UUID(task.options["check"])
    checked = session.get(BackgroundTask, check_id)
    page = session.get(TaskPage, (check_id, 0, 0))
    if (
        checked is None
        or page is None
        or (checked.kind, checked.started_by) != (kind.check, task.started_by)
    ):
        raise NotFound(N_("The check that this import stands on is gone."))
    content = keyring(session).unseal_upload(page.content[0]["sealed"], task_id=str(check_id))
    session.delete(page)
    return bring_in(
        session,
        kind,
        _table(content, checked),
        actor=_actor(session, task),
        now=clock.now(),
        progress=progress,
    ).as_json()


def _table(content: bytes, task: BackgroundTask) -> Table:
    if len(content) > MOST_BYTES:
        raise Invalid(N_("This file is too large. Divide it."), code="file")
    return read(content, task.options.get("encoding") or None)


def _actor(session: Session, task: BackgroundTask) -> Actor:
    found = who_started(session, task)
    if found is None:
        raise NotFound
    return found
