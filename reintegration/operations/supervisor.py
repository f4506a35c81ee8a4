"""`make run`: the database, the web server and the scheduler, started and stopped as one.

The first start makes the demo beside the web server, whose pages say so meanwhile. A demo pays
through a simulator of Stripe that runs beside it. Everything it starts ends with it: on Ctrl-C, on
SIGTERM, when the terminal closes, and (on Linux) when it is itself killed with -9. A child that
crashes is started again, later each time.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import LiteralString

import psycopg

from reintegration.kernel import filling, schema
from reintegration.operations import embedded, environment, simulated
from reintegration.settings import ROOT, Settings

_HOST = "127.0.0.1"
_FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
_PAUSE = 0.25
_SHORT_PAUSE = 0.05
_FIRST_BACKOFF = 1.0
_LONGEST_BACKOFF = 2.0  # a service that is killed again and again is back within five seconds
_STEADY_AFTER = 60.0  # a child that lived this long has not failed at starting
_SECONDS_TO_ANSWER = 120.0
_SECONDS_TO_END = 8.0
_LOGINS = "demo-logins.tsv"
_LOGINS_DRAFT = f".{_LOGINS}"  # a load ended between its commit and its last word
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(BaseException):
    """A signal asked the supervisor to end; not an Exception, so that nothing swallows it."""


class _Failed(Exception):
    """Punte cannot run; the message is for the person who typed the command."""


@dataclass
class _Child:
    """A program that is kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    backoff: float = _FIRST_BACKOFF
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a process group of its own."""
        self.process = _spawn(self.command, self.environment)
        self.started = time.monotonic()

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def has_done_its_work(self) -> bool:
        """Tell whether it ended well."""
        return self.process is not None and self.process.poll() == 0

    def keep(self) -> None:
        """Start it again if it has crashed and its pause is over."""
        if self.alive():
            return
        now = time.monotonic()
        if self.process is not None:
            if now - self.started > _STEADY_AFTER:
                self.backoff = _FIRST_BACKOFF
            _say(f"{self.name} ended ({self.process.returncode}); again in {self.backoff:.0f} s")
            self.process, self.due = None, now + self.backoff
            self.backoff = min(self.backoff * 2, _LONGEST_BACKOFF)
        elif now >= self.due:
            self.start()


class _House:
    """The programs: the web server at once, the others when there is something to look after."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stripe = simulated.beside(settings, os.environ)
        told = self.stripe.environment if self.stripe else {}
        self.web = _Child("The web server", _web_server(settings.port), told)
        self.demo = _Child("Making the demo", (*_FLASK, "demo", "load", "--if-empty"), told)
        self.later = [_Child("The scheduler", (*_FLASK, "scheduler"), told)]
        if self.stripe:
            self.later.insert(0, _Child("The simulator of Stripe", self.stripe.command))
        self.is_whole = not settings.is_demo or _has_demo(settings)
        self.filling = contextlib.ExitStack()
        self.known = contextlib.ExitStack()

    def open(self) -> None:
        """Start what can be started, and say where it is."""
        if self.settings.is_demo:
            self.known.enter_context(simulated.known(self.stripe, self.settings.instance))
        if not self.is_whole:
            _say("Making the demo, once; it takes about a minute")
            self.filling.enter_context(filling.held(self.settings.instance))
            self.demo.start()
        self.web.start()
        _wait_until_it_answers(self.web, self.settings.port)
        if self.is_whole:
            self._begin()
        _say(f"\nPunte is running at http://localhost:{self.settings.port} (Ctrl-C stops it)")
        if self.stripe:
            _say(f"Stripe is simulated at {self.stripe.address}: no money moves, and what may go")
            _say("wrong is switched on there")

    def keep(self) -> None:
        """Start again what crashed; a demo that was killed left nothing and begins anew."""
        self.web.keep()
        if self.is_whole:
            for child in self.later:
                child.keep()
        elif self.demo.has_done_its_work():
            self.is_whole = True
            self.filling.close()
            _say("The demo is whole")
            self._begin()
        else:
            self.demo.keep()

    def _begin(self) -> None:
        for child in self.later:
            child.start()
        _show_logins(self.settings)

    def close(self) -> None:
        """End everything."""
        children = (self.web, self.demo, *self.later)
        _end([child.process for child in children if child.process is not None])
        self.filling.close()
        self.known.close()


def main() -> int:
    """Run Punte until a signal comes; return the exit status."""
    settings = environment.settings()
    for number in _STOPPING:
        signal.signal(number, _on_signal)
    try:
        _require_free_port(settings.port)
        with _database(settings) as cluster, _open_house(settings) as house:
            while True:
                _keep_database(cluster)
                house.keep()
                time.sleep(_PAUSE)
    except _Stopped:
        _say("Punte has stopped.")
        return 0
    except (_Failed, simulated.NoPort, embedded.ClusterError, embedded.PlaceError) as error:
        _say(str(error))
        return 1


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)  # what follows is the stopping, which must finish
    raise _Stopped


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[embedded.Cluster | None]:
    """Own the embedded server while Punte runs; nothing to own where DATABASE_URL is set."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    cluster = embedded.instance_cluster(settings.instance)
    try:
        _say("Starting the database")
        cluster.start()
        embedded.prepare_database(cluster, settings.instance)
        yield cluster
    finally:
        cluster.stop()


@contextlib.contextmanager
def _open_house(settings: Settings) -> Iterator[_House]:
    """Bring the schema up to date, then run the programs."""
    if schema.is_behind(_version(settings)):
        _run_once("Updating the database", (*_FLASK, "db", "upgrade"))
    house = _House(settings)
    try:
        house.open()
        yield house
    finally:
        house.close()


def _version(settings: Settings) -> str | None:
    """Return the schema's version; None where there is none yet, or where only Alembic can say."""
    try:
        found = _ask(settings, "SELECT version_num FROM alembic_version")
    except psycopg.Error:
        return None
    return None if found is None else str(found)


def _has_demo(settings: Settings) -> bool:
    """Tell whether there is data, and the sign-ins of it with nothing left to finish."""
    if (settings.instance / _LOGINS_DRAFT).exists():
        return False
    return _ask(settings, "SELECT 1 FROM organisation LIMIT 1") is not None


def _ask(settings: Settings, question: LiteralString) -> object:
    """Return one value as the owner sees it; a whole program would take seconds to ask."""
    url = (settings.owner_url or "").replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return None if row is None else row[0]


def _web_server(port: int) -> Sequence[str]:
    return (
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{_HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
        *("--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"),
    )


def _spawn(
    command: Sequence[str], told: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(told or {}), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=embedded.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread only
    )


def _run_once(what: str, command: Sequence[str]) -> None:
    _say(what)
    process = _spawn(command)
    try:
        status = process.wait()
    finally:
        _end([process])
    if status != 0:
        message = f"{what}: failed with status {status}."
        raise _Failed(message)


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """End programs with all that they started: politely, then not."""
    for process in processes:
        _signal_group(process, signal.SIGTERM)
    give_up = time.monotonic() + _SECONDS_TO_END
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, give_up - time.monotonic()))
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(
        ProcessLookupError, PermissionError
    ):  # PermissionError: macOS, zombies
        os.killpg(process.pid, number)


def _keep_database(cluster: embedded.Cluster | None) -> None:
    if cluster is not None and not cluster.running():
        _say("The database ended; starting it again")
        cluster.start()


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            message = f"Port {port} is not free ({error.strerror}). Try: make run PORT={port + 1}"
            raise _Failed(message) from error


def _wait_until_it_answers(web: _Child, port: int) -> None:
    give_up = time.monotonic() + _SECONDS_TO_ANSWER
    while time.monotonic() < give_up:
        if not web.alive():
            message = "The web server did not start; the reason stands above."
            raise _Failed(message)
        connection = http.client.HTTPConnection(_HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(_SHORT_PAUSE)
        else:
            return
        finally:
            connection.close()
    message = f"The web server did not answer within {_SECONDS_TO_ANSWER:.0f} s."
    raise _Failed(message)


def _show_logins(settings: Settings) -> None:
    logins = settings.instance / _LOGINS
    if settings.is_demo and logins.exists():
        _say("\nDemo logins (role, e-mail, password, totp secret):")
        _say(logins.read_text().rstrip("\n"))


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
