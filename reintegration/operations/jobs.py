"""What operations do by the clock: the list of the erased, which a crash may have cut short."""

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from reintegration.cases.services import erasure
from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel.db import acting_as_system, keyring
from reintegration.kernel.jobs import Job, counting
from reintegration.operations.backup import erased


def write_down(session: Session, event: PersonErased) -> None:
    """Keep outside the database, once it is committed, that this person was erased."""
    missing = {event.case_id} - erased.read(_list(), keyring(session))
    erased.write_when_committed(session, _list(), keyring(session), missing)


def write_down_missing(session: Session, *, now: datetime) -> int:
    """Add to the list who was erased and does not stand there; return how many."""
    del now
    with acting_as_system(session):
        known = erasure.erased_cases(session)
    missing = sorted(known - erased.read(_list(), keyring(session)))
    erased.write_when_committed(session, _list(), keyring(session), missing)
    return len(missing)


def _list() -> Path:
    return Path(current_app.extensions["settings"].instance) / erased.NAME


WRITE_DOWN_ERASED = Job(
    "operations.write_down_erased",
    timedelta(hours=1),
    counting(write_down_missing, "erased persons written down"),
)
