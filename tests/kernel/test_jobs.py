"""A slot runs once; a task keeps its progress and survives a killed process."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from reintegration.kernel import jobs, tasks
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Invalid
from reintegration.kernel.jobs import Job
from reintegration.kernel.tasks import BackgroundTask
from reintegration.operations.job_lane import Timetable
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
    tasks.register_task("test.task", lambda _s, _task, _progress: {"lines": 3})
    queued = tasks.queue(session, kind="test.task", actor=SYSTEM, now=NOW, content=b"x")
    session.commit()
    task = tasks.next_task(session, now=NOW)
    assert task is not None
    assert task.id == queued.id
    session.commit()
    assert tasks.next_task(session, now=NOW + timedelta(seconds=30)) is None
    again = tasks.next_task(session, now=NOW + timedelta(minutes=5))
    assert again is not None
    tasks.run_task(session, again, now=NOW)
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

    tasks.register_task("test.progress", run)
    tasks.queue(session, kind="test.progress", actor=SYSTEM, now=NOW)
    session.commit()
    task = tasks.next_task(session, now=NOW)
    session.commit()
    tasks.run_task(session, task, now=NOW)
    assert tuple(seen[0]) == (40, 100)


def test_progress_of_each_line_is_written_once_a_second_and_what_is_done_next_at_once(
    session, monkeypatch
):
    written, clock = [], [100.0]
    monkeypatch.setattr(tasks, "monotonic", lambda: clock[0])

    def run(_session, task, progress):
        for done in range(1_000):
            clock[0] += 0.0035
            progress(done, 1_000, "Reading")
            written.append(stands(task.id))
        progress(0, 9, "Storing")
        written.append(stands(task.id))
        return {"lines": 3}

    def stands(task_id):
        with Session(session.get_bind()) as own:
            act_as(own, SYSTEM)
            found = own.get_one(BackgroundTask, task_id)
            return found.done, found.total, found.result["doing"]

    tasks.register_task("test.often", run)
    tasks.queue(session, kind="test.often", actor=SYSTEM, now=NOW)
    session.commit()
    task = tasks.next_task(session, now=NOW)
    session.commit()
    tasks.run_task(session, task, now=NOW)
    session.commit()
    each = list(dict.fromkeys(written))
    assert [total for _done, total, _doing in each] == [1_000] * 4 + [9]
    assert each[-1] == (0, 9, "Storing")
    assert (task.state, task.result) == ("done", {"lines": 3})


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


def test_a_task_that_ended_its_process_twice_has_failed_and_keeps_no_upload(session):
    queued = tasks.queue(session, kind="test.heavy", actor=SYSTEM, now=NOW, content=b"x")
    for _ in range(tasks.ATTEMPTS):
        assert tasks.next_task(session, now=NOW) is not None
        tasks.put_back(session, queued.id, now=NOW)
        session.commit()
    assert tasks.next_task(session, now=NOW) is None
    session.refresh(queued)
    assert (queued.state, queued.input) == ("failed", None)
    assert queued.result["problem"] == tasks.TOO_HEAVY


def test_a_task_that_was_left_behind_twice_is_not_taken_again(session):
    queued = tasks.queue(session, kind="test.heavy", actor=SYSTEM, now=NOW, content=b"x")
    for number in range(tasks.ATTEMPTS):
        assert tasks.next_task(session, now=NOW + timedelta(minutes=5 * number)) is not None
        session.commit()
    assert tasks.next_task(session, now=NOW + timedelta(hours=1)) is None
    session.refresh(queued)
    assert queued.state == "failed"


def test_an_attempt_that_the_scheduler_ended_does_not_count(session):
    queued = tasks.queue(session, kind="test.heavy", actor=SYSTEM, now=NOW)
    tasks.next_task(session, now=NOW)
    session.flush()
    tasks.give_back(session, queued.id)
    session.refresh(queued)
    assert (queued.state, queued.attempts) == ("queued", 0)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (MemoryError(), tasks.TOO_LARGE),
        (KeyError("row"), tasks.NOT_DONE),
        (Invalid("This file has %(rows)s rows.", rows=3), "This file has %(rows)s rows."),
    ],
)
def test_a_failure_is_told_in_words_for_people(session, problem, said):
    queued = tasks.queue(session, kind="test.heavy", actor=SYSTEM, now=NOW)
    tasks.fail_with(session, queued.id, problem, now=NOW)
    session.refresh(queued)
    assert queued.result["problem"] == said
