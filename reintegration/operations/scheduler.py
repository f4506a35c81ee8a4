"""The scheduler: one leader, found by an advisory lock on a connection of its own, in lanes.

APScheduler only wakes the lanes, each in a thread of its own: a slow mail server or a bad import
holds up its own lane and no other. Which slot ran is kept in the database, so a job that was missed
while the scheduler was down runs once when it is back.
"""

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from reintegration.kernel import clock, lanes
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import ENGINE, act_as, session
from reintegration.kernel.lanes import Lane
from reintegration.operations import job_lane, outbox_lane, starting, task_lane
from reintegration.operations.job_lane import Timetable
from reintegration.settings import Settings

log = logging.getLogger(__name__)
_LEADER = 0x50554E5401
_TICK = timedelta(seconds=1)


class _Stopped(Exception):
    """The scheduler ends: what a lane waits for is ended with it."""


def run(app: Flask) -> None:
    """Wait for the lead, then let the lanes run every second, until a signal says stop."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.is_set():
        with suppress(SQLAlchemyError):
            _lead(app, stopped)
        stopped.wait(1)


def _lead(app: Flask, stopped: threading.Event) -> None:
    starting.refuse_misfits(app)
    settings: Settings = app.extensions["settings"]
    engine = create_engine(settings.database_url, poolclass=pool.NullPool, **ENGINE)
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER}):
            return
        connection.commit()
        log.warning("scheduler: leading")
        ended = threading.Event()
        waker = _waker(app, _lanes(app, ended))
        try:
            while not stopped.wait(1):
                _still_leading(connection)
        finally:
            ended.set()
            waker.shutdown(wait=True)


def _lanes(app: Flask, ended: threading.Event) -> dict[Lane, Callable[[], object]]:
    timetable = Timetable()

    def alive() -> None:
        if ended.is_set():
            raise _Stopped
        lanes.beat(session(), Lane.TASKS, now=clock.now())
        session().commit()

    return {
        Lane.JOBS: lambda: job_lane.run_due(app, clock.now(), timetable),
        Lane.OUTBOX: lambda: outbox_lane.deliver_due(app, clock.now()),
        Lane.PAYMENTS: lambda: outbox_lane.deliver_due(app, clock.now(), Lane.PAYMENTS),
        Lane.TASKS: lambda: task_lane.run_next(app, clock.now(), alive=alive),
    }


def _waker(app: Flask, steps: dict[Lane, Callable[[], object]]) -> BackgroundScheduler:
    waker = BackgroundScheduler(timezone="UTC")
    for lane, step in steps.items():
        waker.add_job(
            partial(_step, app, lane, step),
            "interval",
            seconds=_TICK.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    waker.start()
    return waker


def _step(app: Flask, lane: Lane, step: Callable[[], object]) -> None:
    """Let a lane say that it goes on, and do what waits in it."""
    try:
        _beat(app, lane)
        step()
    except _Stopped:
        pass
    except Exception:
        log.exception("the lane of %s stumbled", lane)


def _beat(app: Flask, lane: Lane) -> None:
    with app.app_context():
        act_as(session(), SYSTEM)
        lanes.beat(session(), lane, now=clock.now())
        session().commit()


def _still_leading(connection: Connection) -> None:
    """Raise when the connection, and the lock with it, is gone."""
    connection.execute(text("SELECT 1"))
    connection.commit()
