"""The file of signed checkpoints outside the database: it shows when the end of the trail is cut.

A line is added once the seals that it speaks of are committed, so the file is never ahead of a
trail that holds, and its sizes only grow. All its lines are read: whoever cuts the trail and lets
the sealer go on adds a smaller size, and that stays to be seen.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

_WAITING = "checkpoints to write"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: the chain had this size and ended in this hash."""

    size: int
    hash: bytes
    signature: bytes


def add_when_committed(session: Session, file: Path, checkpoint: Checkpoint) -> None:
    """Add a line when the transaction of `session` is committed; none when it is rolled back."""
    session.info.setdefault(_WAITING, []).append((file, checkpoint))


def read(file: Path, problems: list[str]) -> Iterator[Checkpoint]:
    """Yield the checkpoints of a file as their sizes grow; say what is wrong with a line."""
    largest = 0
    for number, line in enumerate(_lines(file), start=1):
        found = _parsed(line)
        if found is None:
            problems.append(f"line {number} of {file.name} cannot be read")
        elif found.size <= largest:
            problems.append(
                f"line {number} of {file.name} counts {found.size} seals after {largest}: the"
                " trail was cut off, or the database is an older one"
            )
        else:
            largest = found.size
            yield found


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        yield from lines


def _parsed(line: str) -> Checkpoint | None:
    try:
        entry = json.loads(line)
        return Checkpoint(
            int(entry["size"]), bytes.fromhex(entry["hash"]), bytes.fromhex(entry["signature"])
        )
    except (ValueError, KeyError, TypeError):
        return None


def _add(file: Path, checkpoint: Checkpoint) -> None:
    line = {
        "size": checkpoint.size,
        "hash": checkpoint.hash.hex(),
        "signature": checkpoint.signature.hex(),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")


@event.listens_for(Session, "after_commit")
def _write_what_is_committed(session: Session) -> None:
    for file, checkpoint in session.info.pop(_WAITING, ()):
        _add(file, checkpoint)


@event.listens_for(Session, "after_rollback")
def _drop_what_is_not(session: Session) -> Any:
    session.info.pop(_WAITING, None)
