"""Making a backup: a snapshot of the database and the files beside it, sealed as it is read."""

import hashlib
import json
import math
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, create_engine, make_url, pool, text

from reintegration.faults import OBJECTS
from reintegration.kernel import house_keys
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import ENGINE
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.operations.backup import archive, figures, postgres, sealing
from reintegration.operations.backup.figures import Figures
from reintegration.papers import buckets, objects
from reintegration.papers.store import Damaged
from reintegration.settings import Settings

ENDING = ".age"
_DRAFT = ".part"
_PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, how large, the hash of its bytes, and what it holds."""

    target: str
    bytes: int
    sha256: str
    figures: Figures

    def told(self, now: datetime) -> dict[str, Any]:
        """Return what is written beside it."""
        return {
            "made_at": now.isoformat(),
            "bytes": self.bytes,
            "sha256": self.sha256,
            "rows": figures.rows(self.figures),
            "schema": self.figures["schema"],
        }


def make(settings: Settings, keyring: Keyring, *, target: str, to: str, now: datetime) -> Made:
    """Write a backup to a file, into a folder, or to standard output (`-`), and check it.

    A file appears under its name when it is whole; what is written beside it says how it is told.
    """
    sealing.check(to)
    with _opened(target, now) as (name, file):
        counting = _Counting(file)
        found: dict[str, Figures] = {}
        with closing(_pieces(settings, keyring, found, now)) as pieces:
            sealing.seal(pieces, counting, to=to)  # type: ignore[arg-type]
        made = Made(name, counting.length, counting.sum.hexdigest(), found["figures"])
    if name != "-":
        _check(name, made)
        _tell_beside(name, json.dumps(made.told(now), indent=1) + "\n")
    return made


class _Counting:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.length, self.sum = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self._file.write(data)
        self.sum.update(data)
        self.length += len(data)
        return len(data)

    def flush(self) -> None:
        """Let nothing wait."""
        self._file.flush()


@contextmanager
def _opened(target: str, now: datetime) -> Iterator[tuple[str, Any]]:
    """Give where a backup is written, and its name there; nothing of it is left when it fails."""
    called = f"backup-{now:%Y-%m-%dT%H%M%SZ}{ENDING}"
    if target == "-":
        yield target, sys.stdout.buffer
        return
    if target.startswith(OBJECTS):
        at = objects.address(target)
        at = at.below(called) if at.key.endswith("/") or not at.key else at
        with objects.writing(at) as upload:
            yield str(at), upload
        return
    path = Path(target)
    if path.is_dir():
        path = path / called
    if path.exists():
        raise Conflict("There is a file of this name already: nothing is written over.")
    if not path.parent.is_dir():
        raise Invalid("The folder of the backup does not exist: make it first.")
    draft = path.with_name(path.name + _DRAFT)
    try:
        with os.fdopen(os.open(draft, _PRIVATE, 0o600), "wb") as file:
            yield str(path), file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _check(name: str, made: Made) -> None:
    """Read what lies there now: a disk or a store may have kept something else."""
    found = hashlib.sha256()
    with source(name) as file:
        while piece := file.read(archive.PART):
            found.update(piece)
    if found.hexdigest() != made.sha256:
        raise Conflict("What was written is not what lies there. Do not rely on this place.")


def source(name: str) -> AbstractContextManager[sealing.Readable]:
    """Return what reads a backup: a file, or an object of a store (`s3://…`)."""
    if name.startswith(OBJECTS):
        return objects.reading(objects.address(name))
    return Path(name).open("rb")


def _tell_beside(name: str, said: str) -> None:
    if name.startswith(OBJECTS):
        objects.write_small(objects.address(name + ".json"), said.encode())
    else:
        Path(name + ".json").write_text(said, encoding="utf-8")


def _pieces(
    settings: Settings, keyring: Keyring, found: dict[str, Figures], now: datetime
) -> Generator[bytes, None, None]:
    ahead = settings.audit_log.stat().st_size if settings.audit_log.exists() else 0
    with _snapshot(settings.database_owner_url) as (connection, snapshot):
        found["figures"] = figures.counted(connection)
        yield from archive.packed(
            _manifest(settings, keyring, connection, found["figures"], now),
            _things(settings, snapshot, ahead),
            lambda: {"figures": found["figures"]},
        )


def _manifest(
    settings: Settings, keyring: Keyring, connection: Connection, counted: Figures, now: datetime
) -> dict[str, Any]:
    """Say what it is of, and which master keys it needs; the keys of the house lie under them."""
    return {
        "format": archive.FORMAT,
        "made_at": now.isoformat(),
        "key": keyring.name,
        "keys": sorted({keyring.name, *filter(None, house_keys.samples(connection))}),
        "house": {name: key.hex() for name, key in house_keys.wrapped(connection).items()},
        "schema": counted["schema"],
        "owner": make_url(settings.database_owner_url).username,
        "application": make_url(settings.database_url).username,
    }


def _things(settings: Settings, snapshot: str, ahead: int) -> archive.Things:
    """Yield the database, the signed checkpoints and the papers: what cannot be made anew.

    The list of the erased is not among them: it must be newer than the backup that it corrects.
    Checkpoints are read as far as they went before the snapshot, so that they are not ahead of it;
    a paper is written before its row, so those that came since are read as well.
    """
    yield archive.DATABASE, postgres.dumped(settings.database_owner_url, snapshot)
    if ahead:
        with settings.audit_log.open("rb") as log:
            yield archive.CHECKPOINTS, archive.pieces_of(log, ahead)
    papers = buckets.store_of(settings)
    for name in sorted(one for one in papers.names(before=math.inf) if "." not in one):
        with suppress(Damaged):  # one may be swept meanwhile
            yield f"{archive.PAPERS}/{name[:2]}/{name}", [papers.raw(name)]


@contextmanager
def _snapshot(owner_url: str) -> Iterator[tuple[Connection, str]]:
    engine = create_engine(owner_url, poolclass=pool.NullPool, **ENGINE)
    try:
        with engine.connect() as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))
    finally:
        engine.dispose()
