"""The scheduler: one leader, found by an advisory lock on a connection of its own.

APScheduler only wakes us; which slot ran is kept in the database, so a job that was missed while
the scheduler was down runs once when it is back, and two schedulers never run a slot twice.
"""

import logging
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reintegration.kernel import audit_chain, clock, jobs, outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, db, keyring, session
from reintegration.kernel.jobs import Job
from reintegration.operations.mail import senders
from reintegration.settings import Settings

log = logging.getLogger(__name__)
_LEADER = 0x50554E5401
_TICK = timedelta(seconds=1)
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


def run(app: Flask) -> None:
    """Wait for the lead, then run what is due every second, until a signal says stop."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.is_set():
        with suppress(SQLAlchemyError):
            _lead(app, stopped)
        stopped.wait(1)


def tick(app: Flask, now: datetime, timetable: Timetable) -> None:
    """Run each job whose slot was not run yet, then one background task."""
    for job in (*jobs.scheduled(), *own_jobs(app)):
        if timetable.is_due(job, now):
            _run_job(app, job, now, timetable)
    _deliver_outbox(app, now)
    _run_one_task(app, now)


def _lead(app: Flask, stopped: threading.Event) -> None:
    settings: Settings = app.extensions["settings"]
    engine = create_engine(settings.database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER}):
            return
        connection.commit()
        log.warning("scheduler: leading")
        waker, timetable = BackgroundScheduler(timezone="UTC"), Timetable()
        waker.add_job(
            lambda: tick(app, clock.now(), timetable),
            "interval",
            seconds=_TICK.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        waker.start()
        try:
            while not stopped.wait(1):
                _still_leading(connection)
        finally:
            waker.shutdown(wait=True)


def _still_leading(connection: Connection) -> None:
    """Raise when the connection, and the lock with it, is gone."""
    connection.execute(text("SELECT 1"))
    connection.commit()


def _run_job(app: Flask, job: Job, now: datetime, timetable: Timetable) -> None:
    with app.app_context():
        act_as(session(), SYSTEM)
        try:
            jobs.run_slot(session(), job, now=now)
            session().commit()
        except Exception:
            session().rollback()
            log.exception("job %s failed", job.name)
            timetable.failed(job, now)
        else:
            timetable.succeeded(job, now)


def _deliver_outbox(app: Flask, now: datetime) -> None:
    with app.app_context():
        act_as(session(), SYSTEM)
        for message_id in outbox.due(session(), now=now):
            outbox.deliver(session(), message_id, senders(app), now=now)
            session().commit()
        db.session.remove()


def _run_one_task(app: Flask, now: datetime) -> None:
    with app.app_context():
        act_as(session(), SYSTEM)
        task = jobs.next_task(session(), now=now)
        session().commit()
        if task is None:
            return
        task_id = task.id
        try:
            jobs.run_task(session(), task, now=clock.now())
            session().commit()
        except Exception as problem:
            session().rollback()
            log.exception("task %s failed", task_id)
            jobs.fail_task(session(), task_id, str(problem)[:500], now=clock.now())
            session().commit()


def own_jobs(app: Flask) -> list[Job]:
    """Return the jobs that no feature adds: they need the settings of the application."""
    settings: Settings = app.extensions["settings"]

    def seal(opened: Session, now: datetime) -> str | None:
        count = audit_chain.seal(opened, keyring(opened), now=now, log=settings.audit_log)
        return f"{count} sealed" if count else None

    return [
        Job("audit.seal", timedelta(seconds=5), seal),
        Job("jobs.forget", timedelta(days=1), jobs.forget),
    ]
