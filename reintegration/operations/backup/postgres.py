"""The tools of PostgreSQL that come with the wheel: pg_dump and pg_restore, fed by streams."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy import make_url

from reintegration.kernel.errors import Conflict
from reintegration.operations.backup.archive import PART
from reintegration.operations.embedded import tool


class ToolFailed(Conflict):
    """pg_dump or pg_restore ended with an error, which it told on standard error."""


def dumped(owner_url: str, snapshot: str) -> Iterator[bytes]:
    """Yield a dump of what a transaction's snapshot shows, whole or not to its end."""
    command = [
        *(tool("pg_dump"), "--format=custom", "--no-owner", "--no-comments"),
        *("--no-password", f"--snapshot={snapshot}"),
    ]
    with subprocess.Popen(command, env=_environment(owner_url), stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        while piece := running.stdout.read(PART):
            yield piece
    if running.returncode:
        raise ToolFailed("The database could not be dumped; pg_dump said why.")


def restored(owner_url: str, parts: Iterable[bytes]) -> None:
    """Bring a dump into an empty database, all of it or nothing."""
    command = [
        *(tool("pg_restore"), "--no-owner", "--no-comments", "--single-transaction"),
        *("--exit-on-error", "--no-password", f"--dbname={_database(owner_url)}"),
    ]
    with subprocess.Popen(command, env=_environment(owner_url), stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        with suppress(BrokenPipeError):
            for part in parts:
                running.stdin.write(part)
        with suppress(BrokenPipeError):
            running.stdin.close()
    if running.returncode:
        raise ToolFailed(
            "The dump could not be brought back, and nothing of it is kept: pg_restore said why."
        )


def _environment(url: str) -> dict[str, str]:
    """Tell a tool where the database is; a password on its command line would be seen by all."""
    where = make_url(url)
    host = where.query.get("host") or where.host or ""
    told = {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGPORT": str(where.query.get("port") or where.port or 5432),
        "PGUSER": where.username or "",
        "PGPASSWORD": str(where.password or ""),
        "PGDATABASE": where.database or "",
        **{
            f"PG{name.upper()}": str(where.query[name])
            for name in ("sslmode", "sslrootcert")
            if name in where.query
        },
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}


def _database(url: str) -> str:
    return make_url(url).database or ""
