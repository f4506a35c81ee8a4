"""The drill: a backup is brought back beside everything else, looked at, and thrown away.

It runs where the private key is. Its result is signed by the key of the house and carried to the
server, whose doctor alarms when the last one is old.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from sqlalchemy import make_url

from reintegration.kernel.crypto import Keyring
from reintegration.kernel.errors import Invalid
from reintegration.operations.backup import restoring
from reintegration.operations.embedded import Cluster
from reintegration.settings import Settings

NAME = "drills.jsonl"
EVERY = timedelta(days=35)
_CHECKS = (("ledger", "check", "--all"), ("audit", "verify"))
_DATABASE = "drill"
_PREFIX = b"drill|"


@dataclass(frozen=True, slots=True)
class Result:
    """What a drill found; `problems` is empty when everything held."""

    drilled_at: datetime
    made_at: datetime
    rows: int
    papers: int
    erased: int
    seconds: float
    problems: tuple[str, ...]

    def signed(self, keyring: Keyring) -> str:
        """Return the line that the server takes."""
        told = {
            "drilled_at": self.drilled_at.isoformat(),
            "made_at": self.made_at.isoformat(),
            "rows": self.rows,
            "papers": self.papers,
            "erased": self.erased,
            "seconds": round(self.seconds, 1),
            "problems": list(self.problems),
        }
        signature = keyring.checkpoint_signer.sign(_PREFIX + _plain(told)).hex()
        return json.dumps({**told, "signature": signature})


def drill(
    settings: Settings,
    keyring: Keyring,
    *,
    backup: Path | str,
    private_key: Path,
    erased: Callable[[Keyring], set[UUID]],
    now: datetime,
) -> Result:
    """Bring a backup back into a database of its own, check books, trail and files, and end it."""
    began = time.monotonic()
    with _aside(settings) as (apart, environment):
        restored = restoring.restore(
            apart, keyring, backup=backup, private_key=private_key, erased=erased, now=now
        )
        damaged = [f"paper {name} is not what it was" for name in restored.damaged]
        problems = (*damaged, *_failing(environment))
    return Result(
        drilled_at=now,
        made_at=datetime.fromisoformat(restored.manifest["made_at"]),
        rows=restored.rows,
        papers=restored.papers,
        erased=restored.erased,
        seconds=time.monotonic() - began,
        problems=problems,
    )


def keep(instance: Path, line: str, keyring: Keyring) -> Result:
    """Keep the result of a drill where the doctor reads it; raise Invalid unless we signed it."""
    result = _read(line, keyring)
    with (instance / NAME).open("a", encoding="utf-8") as lines:
        lines.write(line.strip() + "\n")
    return result


def last(instance: Path, keyring: Keyring) -> Result | None:
    """Return the newest result that is kept here."""
    file = instance / NAME
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    found = [_read(line, keyring) for line in lines if line.strip()]
    return max(found, key=lambda one: one.drilled_at, default=None)


def doctor(settings: Settings, keyring: Keyring, now: datetime) -> list[str]:
    """Say that no restore was tried of late, or that the last one failed."""
    try:
        found = last(settings.instance, keyring)
    except Invalid:
        return [f"{settings.instance / NAME} holds a line that this house did not sign"]
    if found is not None and found.problems:
        return [f"the last restore that was tried failed: {found.problems[0]}"]
    if settings.is_demo or (found is not None and now - found.drilled_at < EVERY):
        return []
    when = f"since {found.drilled_at:%Y-%m-%d}" if found else "yet"
    return [f"no backup was brought back for a try {when}: see docs/operations.md, Backup"]


def told(settings: Settings, keyring: Keyring) -> list[str]:
    """Say for the doctor what the last drill brought back, and how long that took."""
    try:
        found = last(settings.instance, keyring)
    except Invalid:
        return []
    if found is None:
        return []
    when = f"{found.made_at:%Y-%m-%d %H:%M} UTC"
    what = f"{found.rows} rows, {found.papers} papers, {found.seconds:.0f} s"
    return [f"the backup of {when} was tried on {found.drilled_at:%Y-%m-%d}: {what}"]


@contextmanager
def _aside(settings: Settings) -> Iterator[tuple[Settings, Mapping[str, str]]]:
    """Run a PostgreSQL of its own, and give the settings and the environment that lead to it."""
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    cluster = Cluster(folder / "postgres")
    try:
        cluster.start()
        owner, app = (make_url(url) for url in (settings.database_owner_url, settings.database_url))
        logins = [(str(one.username), os.urandom(16).hex()) for one in (owner, app)]
        cluster.create_roles_and_database(_DATABASE, owner=logins[0], app=logins[1])
        owner_url, url = (cluster.url(name, _DATABASE, word) for name, word in logins)
        instance = folder / "instance"
        instance.mkdir()
        told = {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner_url,
            "PUNTE_INSTANCE": str(instance),
            "PUNTE_PAPERS": "",
            "SECRET_KEY": settings.secret_key,
            "PUNTE_MASTER_KEY": _text(settings.master_key),
            "PUNTE_MASTER_KEYS_READ": ",".join(_text(one) for one in settings.read_keys),
        }
        apart = replace(
            settings,
            database_url=url,
            owner_url=owner_url,
            instance=instance,
            papers_folder=None,
            papers_at=None,
        )
        yield apart, {**os.environ, **told}
    finally:
        cluster.stop("immediate")
        for path in (cluster.place.home, folder):
            shutil.rmtree(path, ignore_errors=True)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _failing(environment: Mapping[str, str]) -> Iterator[str]:
    for command in _CHECKS:
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            yield f"{' '.join(command)}: {said[-1] if said else 'failed'}"


def _read(line: str, keyring: Keyring) -> Result:
    try:
        told: dict[str, Any] = json.loads(line)
        signature = bytes.fromhex(told.pop("signature"))
        keyring.checkpoint_signer.public_key().verify(signature, _PREFIX + _plain(told))
        return Result(
            drilled_at=datetime.fromisoformat(told["drilled_at"]),
            made_at=datetime.fromisoformat(told["made_at"]),
            rows=told["rows"],
            papers=told["papers"],
            erased=told["erased"],
            seconds=told["seconds"],
            problems=tuple(told["problems"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        raise Invalid(
            "This is no result of a drill, or it was signed with another installation's key.",
            code="drill",
        ) from None


def _plain(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True).encode()
