"""An upgrade before it is done: what will change, on how many rows, and the way back."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from reintegration.kernel import schema
from reintegration.kernel.base import Base
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.settings import ROOT

FRESH_FOR = timedelta(hours=24)
"""How old the backup may be to which one would go back."""
_CHANGES = ROOT / "docs" / "changes.md"
_LINE = re.compile(r"^\| (?P<version>\d{4}) \| (?P<what>.+?) \| (?P<before>.+?) \|$", re.MULTILINE)
_NOTHING = "–"
WAY_BACK = (
    "The way back is the backup: stop web server and scheduler, install the version of before, make"
    " an empty database and `flask --app wsgi restore` it (docs/changes.md, How to go back). What"
    " was recorded since the upgrade is lost then. There is no downgrade for a house that has"
    " worked."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One migration that waits: what it does, what to do before, and the tables it speaks of."""

    version: str
    what: str
    before: str
    tables: dict[str, int]

    def told(self) -> Iterator[str]:
        """Yield it in lines."""
        yield f"{self.version}: {self.what}"
        if self.before:
            yield f"      before: {self.before}"
        if self.tables:
            rows = ", ".join(f"{name} (about {count})" for name, count in self.tables.items())
            yield f"      rows: {rows}"


def version(connection: Connection) -> str | None:
    """Return the version of the schema; None in a database in which nothing stands."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def steps(connection: Connection) -> list[Step]:
    """Return the migrations that wait, in their order; raise Conflict for an unknown version."""
    present = version(connection)
    if present is not None and present not in schema.known():
        raise Conflict(
            f"The database is at version {present}, which this program does not know: it is newer."
            " Install the program of that version."
        )
    said = {one["version"]: one for one in _LINE.finditer(_CHANGES.read_text(encoding="utf-8"))}
    counts = _rows(connection)
    return [_step(one, said.get(one), counts) for one in schema.after(present)]


def check_backup(place: Path, *, present: str, now: datetime) -> Path:
    """Return the backup to go back to: a file, or the newest in a folder.

    Raises Invalid or Conflict where it is not fresh, not whole, or not of this schema: one to
    which nobody could go back.
    """
    file = place if place.is_file() else _newest(place)
    beside = file.with_name(f"{file.name}.json")
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        made_at, digest = datetime.fromisoformat(told["made_at"]), told["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(
            f"{beside} is not there or says nothing: `flask backup` writes it beside the backup."
        ) from None
    if not timedelta() <= now - made_at < FRESH_FOR:
        raise Conflict(
            f"The backup {file.name} is of {made_at:%Y-%m-%d %H:%M} UTC: older than 24 hours, or"
            f" dated ahead. {_MAKE}"
        )
    if told.get("schema") != present:
        raise Conflict(
            f"The backup {file.name} is of schema {told.get('schema')}, and the database is at"
            f" {present}. {_MAKE}"
        )
    try:
        with file.open("rb") as opened:
            is_whole = hashlib.file_digest(opened, "sha256").hexdigest() == digest
    except OSError:
        raise Invalid(f"{file} cannot be read.") from None
    if not is_whole:
        raise Conflict(f"The backup {file.name} is not what was written. {_MAKE}")
    return file


_MAKE = (
    "Make one with the version of before (systemctl start punte-backup), and then upgrade; or say"
    " --without-backup where you have another way back."
)


def _newest(folder: Path) -> Path:
    found = sorted(folder.glob("backup-*.age"))
    if not found:
        raise Conflict(f"There is no backup in {folder}. {_MAKE}")
    return found[-1]


def _step(one: str, said: re.Match[str] | None, counts: dict[str, int]) -> Step:
    source = schema.file_of(one).read_text(encoding="utf-8")
    what = said["what"] if said else source.partition('"""')[2].split("\n", 1)[0].rstrip('."')
    before = said["before"] if said and said["before"] != _NOTHING else ""
    named = [name for name in Base.metadata.tables if f'"{name}"' in source and counts.get(name)]
    return Step(one, what, before, {name: counts[name] for name in sorted(named)})


def _rows(connection: Connection) -> dict[str, int]:
    """Return about how many rows each table has, as the database last counted."""
    asked = text(
        "SELECT relname, greatest(reltuples, 0)::bigint AS about FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {row.relname: row.about for row in connection.execute(asked)}
