"""What the doctor looks at beside key, trail and messages; each check names what to do.

A check returns sentences, none when all is well. One that cannot look, because the database does
not answer, leaves that to the first of them.
"""

import os
import socket
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, make_url, text

from reintegration.kernel.base import Base
from reintegration.papers.buckets import ObjectStore
from reintegration.papers.objects import address
from reintegration.papers.scanner import Scanner
from reintegration.settings import Settings

DRIFT = 30.0
"""Seconds by which two clocks may differ before a day, a term or a try is counted wrongly."""
_MAIL_WITHIN = 3.0
_OLDEST = 17
_HERE = (None, "", "localhost", "127.0.0.1", "::1")
_QUIET = ("log", "fatal", "panic")


def clock(connection: Connection, now: datetime) -> list[str]:
    """Compare this machine's clock with the database's, which decides."""
    there: datetime = connection.scalar(text("SELECT clock_timestamp()"))
    ahead = (now - there).total_seconds()
    if abs(ahead) < DRIFT:
        return []
    how = "ahead of" if ahead > 0 else "behind"
    said = (
        f"this machine's clock is {abs(ahead):.0f} s {how} the database's: let both follow NTP,"
        " then restart; days and terms go by the database's, the logs by this machine's"
    )
    return [said]


def server(connection: Connection, settings: Settings) -> list[str]:
    """Look whether the server is new enough, and whether the way to it asks who is there."""
    said, version = connection.execute(
        text("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
    ).one()
    found = []
    if version < _OLDEST * 10_000:
        found.append(f"this is PostgreSQL {said}: Punte needs {_OLDEST} or newer")
    url = make_url(settings.database_url)
    is_far = url.host not in _HERE and not (url.host or "").startswith("/")
    if is_far and url.query.get("sslmode") != "verify-full":
        found.append(
            "the way to the database does not ask who is there: add sslmode=verify-full and"
            " sslrootcert to DATABASE_URL (docs/operations.md, Going live)"
        )
    return found


def writes(connection: Connection) -> list[str]:
    """Look whether the database takes writes, and keeps values out of its log."""
    read_only, level = connection.execute(
        text("SELECT current_setting('transaction_read_only'), current_setting('log_min_messages')")
    ).one()
    found = []
    if read_only == "on":
        found.append("the database takes no writes: a stand-by, or default_transaction_read_only")
    if level not in _QUIET:
        found.append(
            "the database's own log would hold what people typed: as its superuser, ALTER ROLE …"
            " SET log_min_messages = 'log' (docs/operations.md, What stands in logs)"
        )
    return found


def schema(connection: Connection) -> list[str]:
    """Compare the schema itself with the models, not only its number."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    differs = [_what(one) for one in compare_metadata(context, Base.metadata)]
    present = set(connection.scalars(text("SELECT conname FROM pg_constraint")))
    differs += sorted(f"check {name} is missing" for name in _checks() - present)
    if not differs:
        return []
    shown = "; ".join(differs[:3]) + (f" … {len(differs)} in all" if len(differs) > 3 else "")
    said = (
        f"the schema is not that of this version ({shown}): go back to a backup of before, or"
        " mend it as the owner; a migration that was carried out is never written anew"
    )
    return [said]


def folder(settings: Settings) -> list[str]:
    """Look whether this user can keep checkpoints in the instance folder."""
    where, log = settings.instance, settings.audit_log
    if not where.is_dir():
        return [f"PUNTE_INSTANCE ({where}) is no folder: make it, owned by the user who runs this"]
    closed = [path for path in (where, log) if path.exists() and not _is_ours(path)]
    return [
        f"{path} cannot be written by this user: web server, scheduler and this command must run"
        " under one user, or nothing is sealed"
        for path in closed
    ]


def papers(settings: Settings) -> list[str]:
    """Look whether papers can be kept, and whether the scanner that is set answers."""
    found = []
    where = settings.papers
    if settings.papers_at is not None:
        away = ObjectStore(address(settings.papers_at)).problem()
        if away:
            found.append(f"papers cannot be kept, read and deleted in PUNTE_PAPERS: {away}")
    elif settings.papers_folder is not None and not where.is_dir():
        found.append(
            f"PUNTE_PAPERS ({where}) is no folder: make it, owned by the user who runs this"
        )
    elif where.exists() and not _is_ours(where):
        found.append(f"{where} cannot be written by this user: no paper can be sent")
    if settings.clamd is not None and not Scanner(settings.clamd).is_there():
        found.append(
            f"nothing answers at {settings.clamd}, where PUNTE_CLAMD says that ClamAV is: papers"
            " wait, and open for nobody"
        )
    return found


def mail(settings: Settings) -> list[str]:
    """Look whether something listens where mail leaves."""
    if settings.smtp_url is None:
        return []
    try:
        at = urlsplit(settings.smtp_url)
        host, port = at.hostname, at.port or 587
    except ValueError:
        host, port = None, 0
    if not host or at.scheme not in ("smtp", "smtps"):
        return ["SMTP_URL is not smtp://user:password@host:port"]
    try:
        with socket.create_connection((host, port), timeout=_MAIL_WITHIN):
            return []
    except OSError:
        return [f"nothing answers at {host}:{port}, where SMTP_URL sends mail"]


def production(settings: Settings) -> list[str]:
    """Look at what only a house that serves people must have right."""
    if settings.is_demo:
        return []
    found = []
    if settings.proxies == 0:
        found.append(
            "PUNTE_PROXIES is 0: behind a proxy all clients count as one, and lock each other out"
        )
    if os.environ.get("DATABASE_OWNER_URL"):
        found.append("DATABASE_OWNER_URL is set here: only the migration may know it (owner.env)")
    return found


def _is_ours(path: Path) -> bool:
    return os.access(path, os.W_OK | os.R_OK)


def _checks() -> set[str]:
    return {
        str(check.name)
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint) and check.name is not None
    }


def _what(difference: object) -> str:
    """Return what differs in a few words: `add_column audit_event.reason`."""
    one = difference[0] if isinstance(difference, list) else difference
    act, *about = one  # type: ignore[misc]
    names = [getattr(part, "name", part) for part in about if part is not None]
    return f"{act} {'.'.join(str(name) for name in names[-2:])}"
