"""The import as background work: first a check that writes nothing, then the writing."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from providers.vetting.services.imports import providers_import
from providers.vetting.services.imports.rows import ImportRow
from reintegration.accounts.services import actors
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.errors import N_, DomainError, NotFound
from reintegration.kernel.tasks import BackgroundTask, Progress
from reintegration.web.table_cells import CellError, Checked

CHECK, WRITE = "providers.check", "providers.import"
MOST_ERRORS = 2_000
_CHECKING = N_("Checking the rows of the file")


def run_check(session: Session, task: BackgroundTask, progress: Progress) -> dict[str, Any]:
    """Return the rows that could be written and everything that is wrong."""
    progress(0, 1, _CHECKING)
    try:
        chosen = task.options.get("encoding") or None
        found = providers_import.examine(task.input or b"", encoding=chosen)
        checked = providers_import.compared(session, found)
    except DomainError as error:
        problem = CellError(0, "", error.message, error.params)
        return _kept(Checked(0, (), (problem,)))
    return _kept(checked)


def _kept(checked: Checked[ImportRow]) -> dict[str, Any]:
    return {
        "total": checked.total,
        "rows": [row.as_json() for row in checked.rows],
        "errors": [one.as_json() for one in checked.errors[:MOST_ERRORS]],
        "ignored": list(checked.ignored),
        "notes": [asdict(one) for one in checked.notes],
    }


def run_write(session: Session, task: BackgroundTask, progress: Progress) -> dict[str, Any]:
    """Write what a check found valid, in the name of the person who confirmed it."""
    source = session.get(BackgroundTask, UUID(task.options["check"]))
    if source is None or source.kind != CHECK or source.started_by != task.started_by:
        raise NotFound(N_("The check that this import stands on is gone."))
    rows = providers_import.rows_from(source.result["rows"])
    summary = providers_import.write(
        session, actor=_actor(session, task), rows=rows, now=clock.now(), progress=progress
    )
    return summary.as_json()


def _actor(session: Session, task: BackgroundTask) -> Actor:
    return actors.who_started(session, task) or SYSTEM
