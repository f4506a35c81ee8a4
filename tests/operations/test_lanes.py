"""The lanes of the scheduler: killed where it hurts, slow where it can be, and none waits."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.vetting.services.imports.tasks import CHECK
from reintegration.kernel import clock, lanes, outbox, tasks
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.lanes import Lane, LaneBeat
from reintegration.kernel.outbox import Channel, OutboxMessage
from reintegration.operations import outbox_lane, scheduler, task_lane
from tests.factories.cast import NOW

LONG = 120


@pytest.fixture
def killed_worker(session, committed_db, tmp_path):
    """Return a function that kills a worker `before` or `after` it sent, and what it sent."""

    def kill(where):
        outbox.put(session, channel="email", key="k", payload={}, now=clock.now())
        session.commit()
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.operations.worker", str(tmp_path), where],
            env=os.environ | committed_db.process_environment(),
        )
        wait_for((tmp_path / "reached").exists)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        return len(list(tmp_path.glob("*.sent")))

    return kill


@pytest.fixture
def sent():
    """What leaves by the channel of a house that lives."""
    left = []
    kept = outbox.registered()["email"]
    outbox.register(Channel("email", left.append))
    yield left
    outbox.register(kept)


@pytest.fixture
def in_processes(committed_db, monkeypatch):
    """Let tasks run on this test's database."""
    for name, value in committed_db.process_environment().items():
        monkeypatch.setenv(name, value)


def wait_for(happened):
    give_up = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.05)


@pytest.mark.parametrize(("where", "left"), [("before", 0), ("after", 1)])
def test_a_worker_that_is_killed_leaves_unknown_and_nothing_is_sent_again(
    session, app, killed_worker, sent, where, left
):
    assert killed_worker(where) == left
    message = session.scalars(select(OutboxMessage)).one()
    assert message.state == "sending"
    session.commit()
    for minutes in (1, 10, 60):
        outbox_lane.deliver_due(app, clock.now() + timedelta(minutes=minutes))
    session.refresh(message)
    assert (message.state, sent) == ("unknown", [])


def test_what_a_person_sends_again_leaves_under_the_same_key(session, app, killed_worker, sent):
    killed_worker("before")
    later = clock.now() + timedelta(minutes=10)
    outbox_lane.deliver_due(app, later)
    message = session.scalars(select(OutboxMessage)).one()
    outbox.send_again(session, message.id, now=later)
    session.commit()
    outbox_lane.deliver_due(app, later)
    assert [one.id for one in sent] == [message.id]


@pytest.fixture
def silent_server(sent):
    """A way out on which nobody answers; gives what is set once it is asked."""
    asked, answers = threading.Event(), threading.Event()

    def send(_message):
        asked.set()
        answers.wait(LONG)

    outbox.register(Channel("email", send))
    yield asked
    answers.set()


@pytest.fixture
def going(app):
    """Return a function that lets all lanes go, here, until the test is over."""
    ended, wakers = threading.Event(), []
    yield lambda: wakers.append(scheduler._waker(app, scheduler._lanes(app, ended)))
    ended.set()
    for waker in wakers:
        waker.shutdown(wait=True)


def test_a_mail_server_that_does_not_answer_holds_up_its_own_lane_and_no_other(
    session, in_processes, going, silent_server
):
    outbox.put(session, channel="email", key="k", payload={}, now=clock.now())
    session.commit()
    going()
    assert silent_server.wait(LONG)
    blocked = clock.now()
    wait_for(lambda: beating_since(session, blocked) == {Lane.JOBS, Lane.PAYMENTS, Lane.TASKS})
    assert session.scalars(select(OutboxMessage.state)).all() == ["sending"]


def beating_since(session, moment):
    session.rollback()
    return set(session.scalars(select(LaneBeat.lane).where(LaneBeat.beat_at > moment)))


def bomb():
    """Return a small spreadsheet that unpacks to 190 MB of shared strings."""
    text = b"<si><t>" + b"a" * 4_000 + b"</t></si>"
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<sst>" + text)
        for _ in range(190 * 250):
            part.write(text)
        part.write(b"</sst>")
    return content.getvalue()


def test_a_small_spreadsheet_that_unpacks_to_much_is_refused_at_once(session, app, in_processes):
    content = bomb()
    assert len(content) < 500_000
    task = tasks.queue(session, kind=CHECK, actor=SYSTEM, now=NOW, content=content)
    session.commit()
    assert task_lane.run_next(app, NOW)
    session.refresh(task)
    assert task.result["errors"][0]["message"] == "This XLSX file unpacks to too much."
    assert task.input is None


def test_a_task_without_a_runner_fails_in_words(session, app, in_processes):
    task = tasks.queue(session, kind="nobody.knows", actor=SYSTEM, now=NOW, content=b"x")
    session.commit()
    task_lane.run_next(app, NOW)
    session.refresh(task)
    assert (task.state, task.result["problem"], task.input) == ("failed", tasks.NOT_DONE, None)


def test_a_task_that_takes_too_long_is_ended(session, app, in_processes):
    task = tasks.queue(session, kind=CHECK, actor=SYSTEM, now=NOW, content=b"x")
    session.commit()
    beats = []
    task_lane.run_next(app, NOW, alive=lambda: beats.append(1), seconds=0.1)
    session.refresh(task)
    assert (task.state, task.result["problem"]) == ("failed", tasks.TOO_LONG)
    assert beats


def test_a_process_may_fill_so_much_memory_and_no_more():
    code = (
        "from reintegration.operations.task_lane import _limit_memory\n"
        "_limit_memory(200 * 1024 * 1024)\n"
        "try:\n    b'x' * (400 * 1024 * 1024)\nexcept MemoryError:\n    print('refused')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "refused\n"


def test_a_lane_that_says_nothing_stands_still(session, client):
    for lane in Lane:
        lanes.beat(session, lane, now=clock.now())
    lanes.beat(session, Lane.OUTBOX, now=clock.now() - timedelta(minutes=5))
    session.commit()
    told = client.get("/readyz")
    assert (told.status_code, told.json["status"]) == (200, "degraded")
    assert told.json["standing_still"] == ["outbox"]


def test_with_all_lanes_going_it_is_ready(session, client):
    for lane in Lane:
        lanes.beat(session, lane, now=clock.now())
    session.commit()
    assert client.get("/readyz").json["status"] == "ok"


def test_the_scheduler_leads_in_all_lanes_until_it_is_told_to_stop(session, committed_db):
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"],
        env=os.environ | committed_db.process_environment(),
    )
    try:
        wait_for(lambda: standing(session) == [])
    finally:
        scheduler.send_signal(signal.SIGTERM)
    assert scheduler.wait(LONG) == 0


def standing(session):
    session.rollback()
    return lanes.standing(session, now=clock.now())
