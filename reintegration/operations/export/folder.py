"""The folder of an export: a draft under another name until every file of it is on the disk."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reintegration.kernel.errors import Conflict, Invalid
from reintegration.operations.backup import sealing
from reintegration.web.table_files import Row, csv_file

DRAFT = ".part"
SEALED = ".age"
_PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass
class Draft:
    """A folder that is being written; `written` tells of each file in it."""

    path: Path
    written: list[dict[str, Any]] = field(default_factory=list)

    def table(
        self, name: str, head: Iterable[str], rows: Iterable[Row], *, to: str | None = None
    ) -> None:
        """Write a table, sealed where it is said to whom."""
        counting = _Counting(rows)
        self.file(f"{name}.csv", csv_file(list(head), counting), to=to)
        self.written[-1]["rows"] = counting.seen

    def file(self, name: str, pieces: Iterable[bytes], *, to: str | None = None) -> None:
        """Write a file in pieces, sealed where it is said to whom; only our user reads it."""
        whole = f"{name}{SEALED}" if to else name
        place = self.path / whole
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(place, _PRIVATE, 0o600), "wb") as file:
            if to:
                sealing.seal(pieces, file, to=to)
            else:
                file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        with place.open("rb") as file:  # what lies there now, not what was sent there
            told = {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
        self.written.append({"name": whole, "bytes": place.stat().st_size, **told})


@dataclass
class _Counting:
    rows: Iterable[Row]
    seen: int = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.seen += 1
            yield row


@contextmanager
def begun(target: Path) -> Iterator[Draft]:
    """Give a draft, which gets its name at the end; what fails on the way leaves nothing.

    Raises Conflict for a folder in which anything stands, and beside a draft of before: one that
    was killed, or one that runs.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise Conflict(
            f"{target} is there already and not an empty folder: nothing is written over."
        )
    if not target.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {target.absolute().parent}: make it first.")
    path = target.absolute().with_name(target.name + DRAFT)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise Conflict(
            f"{path} is there: an export runs, or one was cut off. Where none runs, remove it."
        ) from None
    try:
        yield Draft(path)
        for folder in (*(one for one in path.rglob("*") if one.is_dir()), path):
            _bring_to_disk(folder)
        path.rename(target.absolute())
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    _bring_to_disk(target.absolute().parent)


def _bring_to_disk(folder: Path) -> None:
    """Have the names in a folder on the disk: a file that is there under no name is lost."""
    opened: int = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
