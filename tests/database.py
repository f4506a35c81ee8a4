"""Real PostgreSQL for the tests: one server per run, one migrated template, a copy per worker.

Every test commits for real, so that deferred constraints, row-level security, counters with
transactions of their own and other processes behave as they do in life. Afterwards the tables
are brought back to what the migrations left in them.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from reintegration.operations.embedded import APP_ROLE, OWNER_ROLE, Cluster

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "template_punte"
FAST: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
"""What a test that kills nothing can do without."""

_PASSWORD = "only-for-tests"
_LOCK_TIMEOUT = "60s"  # a test that waits for itself fails instead of hanging


@dataclass(frozen=True)
class Database:
    """One database with the schema in it; `environment()` is all that a process needs to use it."""

    name: str
    url: str
    owner_url: str
    instance: str

    def environment(self) -> dict[str, str]:
        """Return the settings under which Punte works on this database."""
        return {
            "PUNTE_MODE": "demo",
            "DATABASE_URL": self.url,
            "DATABASE_OWNER_URL": self.owner_url,
            "SECRET_KEY": "a-secret-key-that-is-only-for-tests",
            "PUNTE_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
            "PUNTE_INSTANCE": self.instance,
        }

    def process_environment(self) -> dict[str, str]:
        """Return `environment()` for a child process, on top of what the system needs."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, **self.environment(), "PYTHONUNBUFFERED": "1"}


class Server:
    """A PostgreSQL for tests, with the migrated template; workers know it by its folder."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = FAST) -> None:
        self.folder = folder
        self.cluster = Cluster(folder, settings=settings)

    def start(self) -> None:
        """Start it and build the template from the migrations."""
        self.cluster.start()
        self.cluster.create_roles_and_database(
            TEMPLATE, owner=(OWNER_ROLE, _PASSWORD), app=(APP_ROLE, _PASSWORD)
        )
        build_schema(self.database(TEMPLATE))

    def database(self, name: str) -> Database:
        """Describe a database of this server."""
        instance = self.folder / "instances" / name
        instance.mkdir(parents=True, exist_ok=True)
        return Database(
            name=name,
            url=self.cluster.url(APP_ROLE, name, _PASSWORD),
            owner_url=self.cluster.url(OWNER_ROLE, name, _PASSWORD),
            instance=str(instance),
        )

    def clone(self, name: str, template: str = TEMPLATE) -> Database:
        """Make (again) a database that is a copy of `template`, to which nobody may be connected."""
        self.drop(name)
        names = {
            "name": sql.Identifier(name),
            "template": sql.Identifier(template),
            "owner": sql.Identifier(OWNER_ROLE),
        }
        with self.cluster.connect_as_superuser() as connection:
            for statement in (
                "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}",
                f"ALTER DATABASE {{name}} SET lock_timeout = '{_LOCK_TIMEOUT}'",
            ):
                connection.execute(sql.SQL(statement).format(**names))
        self.cluster.restrict(name, owner=OWNER_ROLE, app=APP_ROLE)
        return self.database(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self.cluster.connect_as_superuser() as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stop it and remove its files."""
        self.cluster.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def temporary_server(settings: Mapping[str, str] = FAST) -> Iterator[Server]:
    """Run a server in a temporary folder; pass `{}` for one that survives kill -9 with its data."""
    server = Server(Path(tempfile.mkdtemp(prefix="punte-test-")), settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def build_schema(database: Database) -> None:
    """Bring a database to the newest migration."""
    flask(database, "db", "upgrade")


def flask(database: Database, *command: str) -> str:
    """Run a command of the house on a database; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=database.process_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = f"flask {' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return done.stdout


class Restorer:
    """Brings a cloned database back to what the migrations left in it."""

    def __init__(self, server: Server, database: Database) -> None:
        self._connection = server.cluster.connect_as_superuser(database.name)
        self._connection.execute("SET session_replication_role = replica")  # no laws while cleaning
        self._script = _restoring_script(self._connection)

    def restore(self) -> None:
        """Empty every table that a test filled and put back the rows of the migrations."""
        self._connection.execute(self._script)

    def remember(self, schema: str) -> sql.Composed:
        """Keep, in a schema of its own, the tables that differ now; return what puts them back."""
        self._connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        script = sql.Composed([sql.SQL("DO $put_back$ BEGIN ")])
        for table in _tables(self._connection):
            if self._differs(table):
                script += self._kept(schema, table)
        return script + sql.SQL("END $put_back$")

    def put_back(self, remembered: sql.Composed) -> None:
        """Bring the tables that were remembered to what they were then."""
        self._connection.execute(remembered)

    def _differs(self, table: str) -> bool:
        names = {"live": sql.Identifier("public", table), "kept": sql.Identifier("pristine", table)}
        question = sql.SQL(
            "SELECT EXISTS ((TABLE {live} EXCEPT ALL TABLE {kept})"
            " UNION ALL (TABLE {kept} EXCEPT ALL TABLE {live}))"
        )
        answer = self._connection.execute(question.format(**names)).fetchone()
        return bool(answer and answer[0])

    def _kept(self, schema: str, table: str) -> sql.Composed:
        live, kept = sql.Identifier("public", table), sql.Identifier(schema, table)
        self._connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, live))
        columns = sql.SQL(", ").join(map(sql.Identifier, _writable(self._connection, table)))
        script = sql.SQL(
            "DELETE FROM {live}; INSERT INTO {live} ({columns})"
            " OVERRIDING SYSTEM VALUE SELECT {columns} FROM {kept};"
        ).format(live=live, kept=kept, columns=columns)
        return script + self._counting_on(kept, table)

    def _counting_on(self, kept: sql.Identifier, table: str) -> sql.Composed:
        """Keep counters beyond the rows, also where a test began them anew (`demo reset`)."""
        script = sql.Composed([])
        for column in _writable(self._connection, table):
            question = "SELECT pg_get_serial_sequence(%s, %s)"
            [sequence] = self._connection.execute(
                question, [f'public."{table}"', column]
            ).fetchone() or [None]
            if sequence is not None:
                script += sql.SQL(
                    "PERFORM setval({name}, GREATEST((SELECT last_value FROM {sequence}),"
                    " (SELECT max({column}) FROM {kept})));"
                ).format(
                    name=str(sequence),
                    sequence=sql.SQL(str(sequence)),
                    column=sql.Identifier(column),
                    kept=kept,
                )
        return script

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def _restoring_script(connection: "psycopg.Connection[tuple[object, ...]]") -> sql.Composed:
    connection.execute("DROP SCHEMA IF EXISTS pristine CASCADE")
    connection.execute("CREATE SCHEMA pristine")
    composed = sql.Composed([sql.SQL("DO $restore$ BEGIN ")])
    for table in _tables(connection):
        live = sql.Identifier("public", table)
        kept = sql.Identifier("pristine", table)
        connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, live))
        filled = connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(kept)).fetchone()
        if not filled:
            step = "IF EXISTS (SELECT 1 FROM {live}) THEN DELETE FROM {live}; END IF;"
            composed += sql.SQL(step).format(live=live)
            continue
        columns = sql.SQL(", ").join(map(sql.Identifier, _writable(connection, table)))
        step = (
            "IF EXISTS ((TABLE {live} EXCEPT ALL TABLE {kept}) UNION ALL"
            " (TABLE {kept} EXCEPT ALL TABLE {live})) THEN DELETE FROM {live};"
            " INSERT INTO {live} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {kept};"
            " END IF;"
        )
        composed += sql.SQL(step).format(live=live, kept=kept, columns=columns)
    return composed + sql.SQL("END $restore$")


def _tables(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    rows = connection.execute(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    return [str(name) for (name,) in rows]


def _writable(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'public."{table}"'],
    ).fetchall()
    return [str(name) for (name,) in rows]
