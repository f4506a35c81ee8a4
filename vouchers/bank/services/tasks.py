"""The import of a bank file as a background task; what is refused is kept in words."""

from typing import Any

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services.actors import actor_of
from reintegration.kernel import clock
from reintegration.kernel.errors import DomainError
from reintegration.kernel.tasks import BackgroundTask, Progress
from vouchers.bank.services.statement_import import import_file

IMPORT = "bank.import"


def run_import(session: Session, task: BackgroundTask, progress: Progress) -> dict[str, Any]:
    """Import the file of a task for the person who started it.

    Returns `report`, or `error` with the marked message and its values: the page translates.
    """
    actor = actor_of(session, session.get_one(User, task.started_by))
    try:
        report = import_file(
            session,
            actor=actor,
            name=task.filename or "",
            content=task.input or b"",
            now=clock.now(),
            dry_run=bool(task.options.get("trial")),
            encoding=task.options.get("encoding") or None,
            progress=progress,
        )
    except DomainError as error:
        params = {name: str(value) for name, value in error.params.items()}
        return {"error": {"message": error.message, "params": params}}
    return {"report": report.as_json()}
