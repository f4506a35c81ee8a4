"""Bringing a backup back into an empty database, to which nobody connects before it is whole."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, create_engine, make_url, pool, text
from sqlalchemy.orm import Session

from reintegration.cases.services import erasure
from reintegration.kernel import audit, crypto, house_keys, schema
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import ENGINE, act_as
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.operations.backup import archive, figures, making, postgres, sealing
from reintegration.operations.backup.archive import Unpacked
from reintegration.papers import buckets
from reintegration.settings import Settings

_PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; `damaged` are papers that are not what their name says."""

    manifest: dict[str, Any]
    rows: int
    papers: int
    damaged: tuple[str, ...]
    erased: int


class _Papers(NamedTuple):
    kept: int
    damaged: tuple[str, ...]


def restore(
    settings: Settings,
    keyring: Keyring,
    *,
    backup: Path | str,
    private_key: Path,
    erased: Callable[[Keyring], set[UUID]],
    now: datetime,
) -> Restored:
    """Bring a backup into the database of the settings, which must be empty, and its files beside.

    `erased` is asked with the keys of the backup's house, which signed the list of the erased.
    Raises Invalid or Conflict in words: of another installation's, a damaged or a newer one
    nothing is kept; of one that is found not to be what was backed up a database is left to which
    nobody can connect.
    """
    with making.source(str(backup)) as sealed, sealing.opened(sealed, private_key) as stream:
        unpacked = Unpacked(stream)
        _refuse_foreign(unpacked.manifest, settings, keyring)
        gone = erased(keyring)
        with _as_owner(settings) as connection, _closed(connection, settings):
            postgres.restored(settings.database_owner_url, unpacked.parts(archive.DATABASE))
            _bring_checkpoints(settings, unpacked.parts(archive.CHECKPOINTS))
            papers = _bring_papers(settings, unpacked.papers())
            end = unpacked.end()
            _refuse_differences(end["figures"], connection)
            again = _correct(connection, keyring, gone, now)
    return Restored(
        unpacked.manifest, figures.rows(end["figures"]), papers.kept, papers.damaged, again
    )


def _refuse_foreign(manifest: dict[str, Any], settings: Settings, keyring: Keyring) -> None:
    _open_house(manifest, keyring)
    if manifest["schema"] != schema.head():
        raise Invalid(
            "The backup was made by another version of the program (schema %(theirs)s, here"
            " %(ours)s). Restore it with that version, then upgrade.",
            code="schema",
            theirs=manifest["schema"] or "",
            ours=schema.head(),
        )
    ours = {
        "owner": make_url(settings.database_owner_url).username,
        "application": make_url(settings.database_url).username,
    }
    for role, name in ours.items():
        if manifest[role] != name:
            raise Invalid(
                "The backup's database had the role %(theirs)s where yours has %(ours)s. Make"
                " a database with the names of the backup's roles.",
                code="role",
                theirs=manifest[role],
                ours=name or "",
            )


def _open_house(manifest: dict[str, Any], keyring: Keyring) -> None:
    """Take the keys of the backup's house; raise Invalid where a master key is not there."""
    ours = {one.name: one for one in keyring.keys}
    missing = sorted({manifest["key"], *manifest.get("keys", ())} - set(ours))
    if missing:
        raise Invalid(
            "This backup needs the master key %(keys)s, which is not set: it is another"
            " installation's, or older than your key. Add the key that belongs to it to"
            " PUNTE_MASTER_KEYS_READ.",
            code="key",
            keys=", ".join(missing),
        )
    found = {name: bytes.fromhex(key) for name, key in manifest.get("house", {}).items()}
    try:
        house = {**crypto.house_of(ours[manifest["key"]]), **house_keys.opened(keyring, found)}
    except crypto.SealBroken:
        raise Invalid("The keys in this backup are damaged.", code="key") from None
    keyring.open_house(house)


@contextmanager
def _as_owner(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings.database_owner_url, poolclass=pool.NullPool, **ENGINE)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _closed(connection: Connection, settings: Settings) -> Iterator[None]:
    """Let the application's role connect only when everything went well."""
    names = {
        "database": make_url(settings.database_owner_url).database,
        "role": make_url(settings.database_url).username,
    }
    if _is_filled(connection):
        raise Conflict(
            "The database is not empty. Make an empty one: a restore writes over nothing."
        )
    _say(connection, "REVOKE CONNECT ON DATABASE {database} FROM {role}, PUBLIC", names)
    if _others(connection):
        _say(connection, "GRANT CONNECT ON DATABASE {database} TO {role}", names)
        raise Conflict("Somebody is connected to the database: stop web server and scheduler.")
    try:
        yield
    except BaseException:
        connection.rollback()
        if not _is_filled(connection):
            _say(connection, "GRANT CONNECT ON DATABASE {database} TO {role}", names)
        raise
    _say(connection, "GRANT CONNECT ON DATABASE {database} TO {role}", names)


def _is_filled(connection: Connection) -> bool:
    found = connection.scalar(
        text(
            "SELECT EXISTS (SELECT 1 FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))"
        )
    )
    connection.rollback()
    return bool(found)


def _others(connection: Connection) -> int:
    found = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    connection.rollback()
    return int(found or 0)


def _say(connection: Connection, statement: str, names: dict[str, str | None]) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    connection.execute(
        text(statement.format(**{name: quote(one or "") for name, one in names.items()}))
    )
    connection.commit()


def _bring_checkpoints(settings: Settings, parts: Iterator[bytes]) -> None:
    """Write the checkpoints of the backup; those that are here are put aside."""
    log = settings.audit_log
    draft = log.with_name(f"{log.name}.restoring")
    log.parent.mkdir(parents=True, exist_ok=True)
    if _written(draft, parts):
        if log.exists():
            log.rename(log.with_name(f"{log.name}.before-restore-{os.urandom(3).hex()}"))
        draft.rename(log)
    else:
        draft.unlink()


def _bring_papers(settings: Settings, papers: Iterator[tuple[str, Iterator[bytes]]]) -> _Papers:
    """Keep each paper as an upload does; its name is the hash of what it must hold."""
    place, kept, damaged = buckets.store_of(settings), 0, []
    for name, parts in papers:
        kept += 1
        called = name.rpartition("/")[2]
        if place.put(b"".join(parts)) != called:
            damaged.append(called)
    return _Papers(kept, tuple(damaged))


def _written(path: Path, parts: Iterator[bytes]) -> int:
    """Write parts to a file of our own, and return how many bytes there are."""
    with os.fdopen(os.open(path, _PRIVATE, 0o600), "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _refuse_differences(said: figures.Figures, connection: Connection) -> None:
    found = figures.differences(said, figures.counted(connection))
    connection.rollback()
    if found:
        raise Conflict(
            "What was brought back is not what was backed up: %(tables)s. Nobody can connect to"
            " it; drop it and take another backup.",
            tables=", ".join(found[:5]),
        )


def _correct(connection: Connection, keyring: Keyring, erased: set[UUID], now: datetime) -> int:
    """Erase again who was erased since, and leave a row that says what happened here."""
    with Session(connection, info={"keyring": keyring}) as session:
        act_as(session, OPERATOR)
        again = erasure.erase_again(session, erased, actor=OPERATOR, now=now)
        about = audit.Subject("database")
        data = {"erased_again": again}
        audit.record(session, "database:restore", about, actor=OPERATOR, now=now, data=data)
        session.commit()
    return again
