"""Where the bytes of papers are: sealed, under the hash of what is stored.

One small interface: a folder, or a bucket (`buckets`). What is stored never changes, so a copy of
it at any moment is whole, and each of its files says by its name whether it is. A place may be
away: each call then raises Away, in words.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reintegration.kernel.errors import Conflict

_NAME = 64
"""Letters of a name: SHA-256 in hexadecimal."""


def is_name(name: str) -> bool:
    """Whether something can be stored under a name, or was left half written under it."""
    return name[:_NAME].isalnum() and "/" not in name


class Damaged(Exception):
    """What is stored is not what was put there, or is there no more."""


class Away(Conflict):
    """The place does not answer now or refuses us, which it says in words for an operator."""


class Store(Protocol):
    """A place for bytes that nobody but us can read."""

    def put(self, content: bytes) -> str:
        """Keep `content` for good before returning its name; the same twice is kept once."""

    def get(self, name: str) -> bytes:
        """Return what is kept under `name`; raise Damaged when it is not whole."""

    def raw(self, name: str) -> bytes:
        """Return what lies under `name`, whole or not; raise Damaged when nothing does."""

    def drop(self, name: str) -> None:
        """Delete what is kept under `name` in all its versions, if it is there."""

    def names(self, *, before: float) -> Iterator[str]:
        """Yield the names of what was put before a moment, in seconds of the epoch."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of files, which only our own user may read."""

    path: Path

    def put(self, content: bytes) -> str:
        """Write a file beside its place, bring it to the disk, and only then give it its name."""
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_name(f"{name}.{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as at:
                at.write(content)
                at.flush()
                os.fsync(at.fileno())
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
        _bring_to_disk(place.parent)
        _bring_to_disk(self.path)
        return name

    def get(self, name: str) -> bytes:
        """Return the file; its name is the hash of what it must hold."""
        content = self.raw(name)
        if hashlib.sha256(content).hexdigest() != name:
            raise Damaged(name)
        return content

    def raw(self, name: str) -> bytes:
        """Return what the file holds."""
        try:
            return self._place(name).read_bytes()
        except OSError:
            raise Damaged(name) from None

    def drop(self, name: str) -> None:
        """Delete the file."""
        self._place(name).unlink(missing_ok=True)

    def names(self, *, before: float) -> Iterator[str]:
        """Yield the names of files, and of what a killed process left half written."""
        for place in sorted(self.path.glob("??/*")):
            with suppress(FileNotFoundError):  # somebody else dropped it meanwhile
                if place.stat().st_mtime < before:
                    yield place.name

    def _place(self, name: str) -> Path:
        if not is_name(name):
            raise Damaged(name)
        return self.path / name[:2] / name


def _bring_to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_in_use: list[Store] = []


def use(store: Store) -> None:
    """Say where papers are kept from now on."""
    _in_use[:] = [store]


def in_use() -> Store:
    """Return where papers are kept; raise LookupError before anybody said it."""
    if not _in_use:
        raise LookupError("nobody said where papers are kept")
    return _in_use[0]
