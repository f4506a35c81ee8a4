"""Who was erased, kept outside the database: a backup from before knows them still.

One line a case, signed by the key of the house, without any fact about the person. Copy the file
to wherever the private key of the backups is: a restore erases them again before anybody connects.
"""

import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from reintegration.kernel import clock
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.errors import Invalid

NAME = "erased.jsonl"
_WAITING = "erased to write down"


@dataclass(frozen=True, slots=True)
class _Line:
    case_id: UUID
    at: datetime

    def signed(self, keyring: Keyring) -> dict[str, str]:
        told = {"case": str(self.case_id), "at": self.at.isoformat()}
        return {**told, "mac": _mac(keyring, told)}


def write_when_committed(
    session: Session, file: Path, keyring: Keyring, case_ids: Iterable[UUID]
) -> None:
    """Add lines when the transaction of `session` is committed; none when it is rolled back."""
    now = clock.now()
    waiting = session.info.setdefault(_WAITING, [])
    waiting += [(file, _Line(case_id, now).signed(keyring)) for case_id in case_ids]


def read(file: Path, keyring: Keyring) -> set[UUID]:
    """Return the cases that were erased; raise Invalid for a line that this house did not write.

    A last line that was cut off by a crash is left out: the next look adds it again.
    """
    return {UUID(told["case"]) for told in _lines(file, keyring)} if file.exists() else set()


def _lines(file: Path, keyring: Keyring) -> Iterator[dict[str, str]]:
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    for number, line in enumerate(whole.splitlines(), start=1):
        told = _told(line)
        if not hmac.compare_digest(told.get("mac", ""), _mac(keyring, told)):
            raise Invalid(
                "Line %(number)s of the list of the erased was changed, or is another house's.",
                code="erased",
                number=number,
            )
        yield told


def _told(line: str) -> dict[str, str]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _mac(keyring: Keyring, told: dict[str, str]) -> str:
    about = f"{told.get('case')}|{told.get('at')}"
    return hmac.new(keyring.erased, about.encode(), "sha256").hexdigest()


def _add(file: Path, line: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as lines:
        lines.seek(0)
        whole = lines.read().rfind(b"\n") + 1  # a line that a crash cut off is no line
        lines.truncate(whole)
        lines.write(json.dumps(line).encode() + b"\n")
        lines.flush()
        os.fsync(lines.fileno())


@event.listens_for(Session, "after_commit")
def _write_what_is_committed(session: Session) -> None:
    for file, line in session.info.pop(_WAITING, ()):
        _add(file, line)


@event.listens_for(Session, "after_rollback")
def _forget_what_was_not(session: Session) -> None:
    session.info.pop(_WAITING, None)
