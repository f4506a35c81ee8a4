"""A slot runs once; a task keeps its progress and survives a killed process."""

from datetime import timedelta

import pytest

from reintegration.kernel import jobs
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.jobs import Job
from reintegration.operations.scheduler import Timetable
from tests.factories.cast import NOW


def test_a_slot_runs_once_whoever_asks(session):
    runs = []
    job = Job("test.count", timedelta(minutes=1), lambda _s, now: runs.append(now))
    assert jobs.run_slot(session, job, now=NOW)
    session.commit()
    assert not jobs.run_slot(session, job, now=NOW + timedelta(seconds=59))
    assert jobs.run_slot(session, job, now=NOW + timedelta(seconds=60))
    assert len(runs) == 2


def test_a_job_missed_for_hours_runs_once_when_the_scheduler_is_back(session):
    runs = []
    job = Job("test.missed", timedelta(minutes=1), lambda _s, now: runs.append(now))
    for _ in range(5):
        jobs.run_slot(session, job, now=NOW + timedelta(hours=7))
    assert len(runs) == 1


def test_a_job_that_fails_leaves_its_slot_free(session):
    def fail(_session, _now):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        jobs.run_slot(session, Job("test.fail", timedelta(minutes=1), fail), now=NOW)
    session.rollback()
    assert jobs.run_slot(session, Job("test.fail", timedelta(minutes=1), lambda *_: None), now=NOW)


def test_a_task_is_claimed_once_and_again_when_its_process_died(session):
    jobs.register_task("test.task", lambda _s, _task, _progress: {"lines": 3})
    queued = jobs.queue(session, kind="test.task", actor=SYSTEM, now=NOW, content=b"x")
    session.commit()
    task = jobs.next_task(session, now=NOW)
    assert task is not None
    assert task.id == queued.id
    session.commit()
    assert jobs.next_task(session, now=NOW + timedelta(seconds=30)) is None
    again = jobs.next_task(session, now=NOW + timedelta(minutes=5))
    assert again is not None
    jobs.run_task(session, again, now=NOW)
    session.commit()
    session.refresh(queued)
    assert (queued.state, queued.result, queued.input) == ("done", {"lines": 3}, None)


def test_progress_is_seen_before_the_task_commits(session, committed_db):
    from sqlalchemy import create_engine, text

    seen = []

    def run(_session, task, progress):
        progress(40, 100)
        engine = create_engine(committed_db.owner_url)
        with engine.connect() as other:
            seen.append(other.execute(text("SELECT done, total FROM background_task")).one())
        engine.dispose()
        return {}

    jobs.register_task("test.progress", run)
    jobs.queue(session, kind="test.progress", actor=SYSTEM, now=NOW)
    session.commit()
    task = jobs.next_task(session, now=NOW)
    session.commit()
    jobs.run_task(session, task, now=NOW)
    assert tuple(seen[0]) == (40, 100)


def test_slots_of_last_month_are_forgotten_and_those_of_this_week_kept(session):
    job = Job("test.old", timedelta(minutes=1), lambda *_: None)
    for ago in (timedelta(days=30), timedelta(days=1)):
        jobs.run_slot(session, job, now=NOW - ago)
    assert jobs.forget(session, NOW) == "1 forgotten"
    assert jobs.forget(session, NOW) is None
    assert not jobs.run_slot(session, job, now=NOW - timedelta(days=1))


def test_a_job_that_fails_is_tried_again_later_and_later():
    job, timetable = Job("test.fail", timedelta(days=1), lambda *_: None), Timetable()
    assert timetable.is_due(job, NOW)
    timetable.failed(job, NOW)
    assert not timetable.is_due(job, NOW + timedelta(seconds=4))
    assert timetable.is_due(job, NOW + timedelta(seconds=5))
    timetable.failed(job, NOW + timedelta(seconds=5))
    assert not timetable.is_due(job, NOW + timedelta(seconds=14))
    assert timetable.is_due(job, NOW + timedelta(seconds=15))


def test_a_job_that_ran_waits_for_its_next_slot():
    job, timetable = Job("test.done", timedelta(minutes=1), lambda *_: None), Timetable()
    timetable.failed(job, NOW)
    timetable.succeeded(job, NOW)
    assert not timetable.is_due(job, NOW)
    assert timetable.is_due(job, NOW + timedelta(minutes=1))
