"""A database as text, and back: SQL of pg_dump, in which each id is spelled out once.

Ids are two thirds of such a dump. The text begins with a list of them; behind it an id is written
as `¤` and its number in the list.
"""

import re
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.database import Database, Server

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MARK = "¤"
_MARKED = re.compile(f"{_MARK}([0-9a-f]{{4}})")
_HEAD = "\n-- what was dumped\n"


def write(server: Server, database: Database, path: Path) -> None:
    """Write schema, rows and grants, without the remarks and tokens that differ each time."""
    dumped = _run(server, "pg_dump", "--no-owner", "--no-comments", f"--dbname={_owner(database)}")
    path.write_text(shorten("".join(_without_noise(dumped))), encoding="utf-8")


def restore(server: Server, name: str, path: Path) -> Database:
    """Make a database of what was written, as its owner would in production."""
    database = server.clone(name, "template0")
    script = lengthen(path.read_text(encoding="utf-8"))
    quiet = ("--no-psqlrc", "--quiet", "--single-transaction", "--output=/dev/null")
    stops = "--set=ON_ERROR_STOP=1"
    _run(server, "psql", *quiet, stops, f"--dbname={_owner(database)}", given=script)
    return database


def shorten(text: str) -> str:
    """Spell each id out once."""
    assert _MARK not in text, "the mark of an id stands in the dump itself"
    numbers: dict[str, str] = {}
    fresh = count()

    def number(found: "re.Match[str]") -> str:
        if found[0] not in numbers:
            numbers[found[0]] = f"{_MARK}{next(fresh):04x}"
        return numbers[found[0]]

    short = _ID.sub(number, text)
    assert len(numbers) <= 0x10000, "there are more ids than numbers for them"
    return "\n".join(numbers) + _HEAD + short


def lengthen(text: str) -> str:
    """Return what `shorten` was given."""
    listed, _, short = text.partition(_HEAD)
    ids = listed.split("\n")
    return _MARKED.sub(lambda found: ids[int(found[1], 16)], short)


def _without_noise(dumped: str) -> Iterator[str]:
    inside = False
    for line in dumped.splitlines(keepends=True):
        if inside or not re.match(r"--|\\(un)?restrict |$", line):
            yield line
        inside = line.startswith("COPY ") or (inside and line != "\\.\n")


def _owner(database: Database) -> str:
    return database.owner_url.replace("postgresql+psycopg://", "postgresql://")


def _run(server: Server, tool: str, *options: str, given: str | None = None) -> str:
    command = [server.cluster.place.binaries / tool, *options]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        message = f"{tool} failed:\n{done.stderr[-3000:]}"
        raise RuntimeError(message)
    return done.stdout
