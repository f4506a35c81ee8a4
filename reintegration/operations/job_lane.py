"""The lane of recurring jobs: whichever slot was not run yet, one after the other."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from reintegration.kernel import audit_chain, jobs, tries
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, keyring, session
from reintegration.kernel.jobs import Job
from reintegration.kernel.locking import committed
from reintegration.settings import Settings

log = logging.getLogger(__name__)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=15)


@dataclass
class Timetable:
    """What this process knows of its jobs, so that it need not ask or fail every second."""

    done: dict[str, datetime] = field(default_factory=dict)
    pauses: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)

    def is_due(self, job: Job, now: datetime) -> bool:
        """Whether the slot of `now` is worth a try."""
        until, _pause = self.pauses.get(job.name, (now, _FIRST_PAUSE))
        return self.done.get(job.name) != job.slot(now) and now >= until

    def succeeded(self, job: Job, now: datetime) -> None:
        """Leave the job alone until its next slot."""
        self.done[job.name] = job.slot(now)
        self.pauses.pop(job.name, None)

    def failed(self, job: Job, now: datetime) -> None:
        """Try again after a pause, twice as long each time."""
        _until, last = self.pauses.get(job.name, (now, _FIRST_PAUSE / 2))
        pause = min(last * 2, _LONGEST_PAUSE)
        self.pauses[job.name] = (now + pause, pause)


def run_due(app: Flask, now: datetime, timetable: Timetable) -> None:
    """Run each job whose slot was not run yet, each in a transaction of its own."""
    for job in (*jobs.scheduled(), *own_jobs(app)):
        if timetable.is_due(job, now):
            _run(app, job, now, timetable)


def _run(app: Flask, job: Job, now: datetime, timetable: Timetable) -> None:
    with app.app_context():
        act_as(session(), SYSTEM)
        try:
            committed(session(), lambda: jobs.run_slot(session(), job, now=now))
        except Exception:
            log.exception("job %s failed", job.name)
            timetable.failed(job, now)
        else:
            timetable.succeeded(job, now)


def own_jobs(app: Flask) -> list[Job]:
    """Return the jobs that no feature adds: they need the settings of the application."""
    settings: Settings = app.extensions["settings"]

    def seal(opened: Session, now: datetime) -> str | None:
        return _said(audit_chain.seal(opened, keyring(opened), now=now, log=settings.audit_log))

    def sweep(opened: Session, now: datetime) -> str | None:
        log = settings.audit_log
        return _said(audit_chain.seal(opened, keyring(opened), now=now, log=log, whole=True))

    return [
        Job("audit.seal", timedelta(seconds=5), seal),
        Job("audit.sweep", timedelta(days=1), sweep),
        Job("jobs.forget", timedelta(days=1), jobs.forget),
        Job("tries.forget", timedelta(days=1), tries.forget_old),
    ]


def _said(sealed: int) -> str | None:
    return f"{sealed} sealed" if sealed else None
