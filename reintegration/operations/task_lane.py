"""The lane of long tasks: each in a process of its own, within limits of time and memory.

What a task does to its process, it does not do to the house: jobs, seals and mail go on.
"""

import logging
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Flask

from reintegration.kernel import clock, tasks
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, session
from reintegration.kernel.locking import committed
from reintegration.kernel.tasks import BackgroundTask
from reintegration.operations.embedded.lifeline import die_with_parent

log = logging.getLogger(__name__)
MEMORY = 1_536 * 1024 * 1024
"""Bytes that a task's process may fill, its program included."""
SECONDS = 900.0
_LOOK_EVERY = 0.5


def run_next(
    app: Flask,
    now: datetime,
    *,
    alive: Callable[[], object] = lambda: None,
    seconds: float = SECONDS,
) -> bool:
    """Run the task that waits longest to its end, in a process; False when none waits.

    `alive` is called now and then meanwhile; what it raises ends the process.
    """
    with app.app_context():
        act_as(session(), SYSTEM)
        task_id = committed(session(), lambda: _claimed(now))
        if task_id is None:
            return False
        try:
            in_time = _watch(_start(task_id), task_id, alive, seconds)
        except BaseException:  # the scheduler ends, not the task's own doing
            committed(session(), lambda: tasks.give_back(session(), task_id))
            raise
        committed(session(), lambda: _end(task_id, in_time=in_time))
    return True


def run_here(task_id: UUID, *, memory: int = MEMORY) -> None:
    """Run a claimed task in this process, which is there for nothing else."""
    die_with_parent(signal.SIGKILL)()
    _limit_memory(memory)
    act_as(session(), SYSTEM)
    try:
        committed(session(), lambda: _run(task_id))
    except Exception as problem:
        log.exception("task %s failed", task_id)
        now = clock.now()
        fail = partial(tasks.fail_with, session(), task_id, problem, now=now)
        committed(session(), fail)


def _claimed(now: datetime) -> UUID | None:
    task = tasks.next_task(session(), now=now)
    return task.id if task is not None else None


def _run(task_id: UUID) -> None:
    task = session().get_one(BackgroundTask, task_id)
    tasks.run_task(session(), task, now=clock.now())


def _start(task_id: UUID) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "flask", "--app", "wsgi", "task", str(task_id))
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)


def _watch(
    process: "subprocess.Popen[bytes]", task_id: UUID, alive: Callable[[], object], seconds: float
) -> bool:
    """Wait for the end of a task's process; False when it took too long and was ended."""
    give_up = time.monotonic() + seconds
    try:
        while time.monotonic() < give_up:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_EVERY)
                return True
            alive()
            tasks.keep_alive(session(), task_id, now=clock.now())
            session().commit()
        return False
    finally:
        _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end(task_id: UUID, *, in_time: bool) -> None:
    """Say what became of a task whose process has ended; nothing when it said so itself."""
    now = clock.now()
    if in_time:
        tasks.put_back(session(), task_id, now=now)
    else:
        tasks.fail_task(session(), task_id, tasks.TOO_LONG, now=now)


def _limit_memory(memory: int) -> None:
    """Let this process fill no more than `memory`, where the platform can hold it to that."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
