"""The import of a bank file as a background task; what is refused is kept in words."""

from typing import Any

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services.actors import actor_of
from reintegration.kernel import clock
from reintegration.kernel.errors import DomainError
from reintegration.kernel.tasks import BackgroundTask, Progress
from vouchers.bank.services.import_report import told
from vouchers.bank.services.statement_import import import_file

IMPORT = "bank.import"
SHOWN = 20
"""How many lines of each statement the page of a trial shows as they were read."""


def run_import(session: Session, task: BackgroundTask, progress: Progress) -> dict[str, Any]:
    """Import the file of a task for the person who started it.

    Returns `report`, or `error` with the marked message and its values: the page translates.
    """
    is_trial = bool(task.options.get("trial"))
    actor = actor_of(session, session.get_one(User, task.started_by))
    try:
        report = import_file(
            session,
            actor=actor,
            name=task.filename or "",
            content=task.input or b"",
            now=clock.now(),
            dry_run=is_trial,
            shown=SHOWN if is_trial else 0,
            encoding=task.options.get("encoding") or None,
            progress=progress,
        )
    except DomainError as error:
        return {"error": told(error)}
    return {"report": report.as_json()}
