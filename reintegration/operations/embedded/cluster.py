"""One PostgreSQL server: initialise, start, stop, and what it is reached by."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from reintegration.operations.embedded.lifeline import die_with_parent
from reintegration.operations.embedded.place import Place, settle, write_once

SUPERUSER = "postgres"
StopMode = Literal["smart", "fast", "immediate"]

_STOP_SIGNALS: Mapping[StopMode, signal.Signals] = MappingProxyType(
    {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
)
_SECONDS_TO_BE_READY = 300.0  # a recovery after a crash may take minutes
_SECONDS_FOR_OLD_BACKENDS = 15.0  # backends of a killed postmaster notice it within a few
_SECONDS_TO_STOP = 30.0
_PAUSE = 0.05
_SOCKET_PORT = 5432  # only a part of the socket's name


class ClusterError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message says why."""


class ClusterBusyError(ClusterError):
    """Another process owns this cluster already."""


class Cluster:
    """A PostgreSQL server in a folder. The process that starts it owns it until it stops it.

    `settings` are server parameters on top of the safe ones (fsync and checksums are on).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        tcp_port: int | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self._settings = dict(settings or {})
        self._tcp_port = tcp_port
        self._place: Place | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def place(self) -> Place:
        """The folders of this cluster, settled on first use."""
        if self._place is None:
            self._place = settle(self.data_dir)
        return self._place

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """The postmaster that this object started, if any."""
        return self._process

    def ensure_initialised(self) -> None:
        """Create the data folder unless it is there; half a one is made again from the start."""
        place = self.place
        if place.data.exists():
            return
        draft = place.home / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        place.give(draft)
        password = place.home / "initial-password"
        password.unlink(missing_ok=True)
        write_once(password, self.superuser_password())
        place.give(password)
        try:
            self._run_initdb(draft, password)
        finally:
            password.unlink()
        draft.rename(place.data)

    def start(self) -> None:
        """Start the server and wait until it accepts connections.

        A server that an earlier owner left behind is stopped first. Raises `ClusterBusyError` while
        another process owns it, `ClusterError` with the end of the server's log when it fails.
        """
        self._take_lock()
        try:
            self.ensure_initialised()
            if self.running():
                self._stop_postmaster("fast")
            self._drop_foreign_pid_file()
            self._launch()
        except BaseException:
            self._release_lock()
            raise

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server and give up owning it; one that another process owns is left alone."""
        if self._lock is None:
            return
        self._stop_postmaster(mode)
        self._release_lock()

    def running(self) -> bool:
        """Tell whether a postmaster serves this data folder, whoever started it."""
        return self._postmaster_pid() is not None

    def url(self, user: str, database: str, password: str) -> str:
        """Return the SQLAlchemy address of a database over the private socket."""
        host = quote(str(self.place.sockets), safe="")
        port = self._tcp_port or _SOCKET_PORT
        login = f"{quote(user)}:{quote(password, safe='')}"
        return f"postgresql+psycopg://{login}@/{quote(database)}?host={host}&port={port}"

    def superuser_password(self) -> str:
        """Return the superuser's password, made once."""
        self.place.home.mkdir(exist_ok=True)
        return write_once(self.place.home / "superuser", secrets.token_urlsafe(32))

    def connect_as_superuser(
        self, database: str = "postgres"
    ) -> "psycopg.Connection[tuple[object, ...]]":
        """Return an autocommit connection for what only the superuser may do."""
        return psycopg.connect(
            host=str(self.place.sockets),
            port=self._tcp_port or _SOCKET_PORT,
            user=SUPERUSER,
            password=self.superuser_password(),
            dbname=database,
            autocommit=True,
        )

    def create_roles_and_database(
        self, database: str, *, owner: tuple[str, str], app: tuple[str, str]
    ) -> None:
        """Create both roles and the database, or bring them back to what they must be.

        `owner` and `app` are (name, password). The owner migrates; the application is neither
        owner nor superuser, and row-level security binds it.
        """
        with self.connect_as_superuser() as connection:
            for name, password in (owner, app):
                _ensure_role(connection, name, password)
            exists = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ).fetchone()
            if not exists:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(database), sql.Identifier(owner[0])
                    )
                )
            self.restrict(database, owner=owner[0], app=app[0])

    def restrict(self, database: str, *, owner: str, app: str) -> None:
        """Close a database to everyone but its owner and the application's role."""
        names = {
            "db": sql.Identifier(database),
            "owner": sql.Identifier(owner),
            "app": sql.Identifier(app),
        }
        with self.connect_as_superuser(database) as connection:
            for statement in (
                "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
                "GRANT CONNECT ON DATABASE {db} TO {app}",
                "ALTER SCHEMA public OWNER TO {owner}",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "GRANT USAGE ON SCHEMA public TO {app}",
            ):
                connection.execute(sql.SQL(statement).format(**names))

    def _run_initdb(self, folder: Path, password: Path) -> None:
        user = self.place.user
        command = [
            str(self.place.binaries / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_bare_environment(),
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
        if made.returncode != 0:
            message = f"The embedded PostgreSQL could not be set up:\n{made.stdout}{made.stderr}"
            raise ClusterError(message)

    def _launch(self) -> None:
        give_up = time.monotonic() + _SECONDS_FOR_OLD_BACKENDS
        while True:
            self._process = self._spawn()
            if self._wait_until_ready(self._process):
                return
            log = self.place.log.read_text(errors="replace")[-3000:]
            if "shared memory block" not in log or time.monotonic() > give_up:
                message = f"The embedded PostgreSQL did not start. Its log ends:\n{log}"
                raise ClusterError(message)
            time.sleep(0.5)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        parameters = {
            "listen_addresses": "127.0.0.1" if self._tcp_port else "",
            "port": str(self._tcp_port or _SOCKET_PORT),
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_min_messages": "log",  # an error names the row or the word that it is about
            "log_parameter_max_length": "0",
            **self._settings,
        }
        options = [part for name, value in parameters.items() for part in ("-c", f"{name}={value}")]
        user = self.place.user
        if self.place.log.exists():
            self.place.log.rename(self.place.log.with_suffix(".log.1"))
        with self.place.log.open("wb") as log:
            return subprocess.Popen(
                [str(self.place.binaries / "postgres"), "-D", str(self.place.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_bare_environment(),
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - the owner has one thread when it starts
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
            )

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        give_up = time.monotonic() + _SECONDS_TO_BE_READY
        while process.poll() is None:
            lines = self._pid_file_lines()
            if lines[:1] == [str(process.pid)] and lines[-1].strip() == "ready":
                return True
            if time.monotonic() > give_up:
                process.send_signal(signal.SIGQUIT)
                process.wait()
            time.sleep(_PAUSE)
        return False

    def _stop_postmaster(self, mode: StopMode) -> None:
        for number, patience in (
            (_STOP_SIGNALS[mode], _SECONDS_TO_STOP),
            (signal.SIGQUIT, 10.0),
            (signal.SIGKILL, 5.0),
        ):
            pid = self._postmaster_pid()
            if pid is None:
                break
            os.kill(pid, number)
            self._wait_until_gone(patience)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _wait_until_gone(self, seconds: float) -> None:
        give_up = time.monotonic() + seconds
        while self._postmaster_pid() is not None and time.monotonic() < give_up:
            time.sleep(_PAUSE)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.place.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _postmaster_pid(self) -> int | None:
        if self._process is not None:
            return self._process.pid if self._process.poll() is None else None
        lines = self._pid_file_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if str(self.place.data) in _command_line(pid) else None

    def _drop_foreign_pid_file(self) -> None:
        """Remove a left-over pid file whose number now belongs to another program.

        A number that belongs to nobody is left to PostgreSQL: it looks for orphaned backends too.
        """
        lines = self._pid_file_lines()
        if lines and lines[0].strip().isdigit() and _command_line(int(lines[0])):
            (self.place.data / "postmaster.pid").unlink()

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.place.home.mkdir(exist_ok=True)
        lock = self.place.lock.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            message = (
                f"Punte is already running in this folder (process {holder}). Stop that one first."
            )
            raise ClusterBusyError(message) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _ensure_role(
    connection: "psycopg.Connection[tuple[object, ...]]", name: str, password: str
) -> None:
    role = sql.Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    connection.execute(
        sql.SQL(
            "ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
            " PASSWORD {}"
        ).format(role, sql.Literal(password))
    )


def _bare_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _command_line(pid: int) -> str:
    """Return the command line of a living process, empty when there is none."""
    if sys.platform == "linux":
        try:
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
            )
        except (FileNotFoundError, ProcessLookupError):
            return ""
    shown = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip()
