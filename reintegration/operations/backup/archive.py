"""What stands in a backup: a tar of parts, so that nothing is kept whole on the way.

    manifest.json                what it is of, and what it needs
    database.dump/000000 …       pg_dump's own format, in parts
    audit-checkpoints.jsonl/ …   the signed checkpoints of the trail
    papers/<path>/000000 …       each sealed paper, in parts
    end.json                     what was counted, and the hashes of all of it

By hand: `age -d -i KEY FILE | tar x`, then `cat database.dump/* | pg_restore …`.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from reintegration.kernel.errors import Invalid

FORMAT = 1
MANIFEST, END, DATABASE = "manifest.json", "end.json", "database.dump"
CHECKPOINTS, PAPERS = "audit-checkpoints.jsonl", "papers"
PART = 4 << 20
_BLOCK = 512
_LARGEST_WORD = 64 << 20


@dataclass
class Sums:
    """The hash and the bytes of each thing in an archive, taken as it goes by."""

    _hashes: dict[str, Any] = field(default_factory=dict)
    _bytes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Count a piece."""
        self._hashes.setdefault(name, hashlib.sha256()).update(data)
        self._bytes[name] = self._bytes.get(name, 0) + len(data)

    def told(self) -> dict[str, dict[str, Any]]:
        """Return all of them."""
        return {
            name: {"sha256": one.hexdigest(), "bytes": self._bytes[name]}
            for name, one in self._hashes.items()
        }


Things = Iterable[tuple[str, Iterable[bytes]]]


def packed(
    manifest: dict[str, Any], things: Things, end: Callable[[], dict[str, Any]]
) -> Iterator[bytes]:
    """Yield the bytes of an archive; `end` is asked when everything else has gone by."""
    yield from _member(MANIFEST, _json(manifest))
    sums = Sums()
    for name, pieces in things:
        sums.add(name, b"")
        for number, part in enumerate(_parts(pieces)):
            sums.add(name, part)
            yield from _member(f"{name}/{number:06}", part)
    yield from _member(END, _json({**end(), "sums": sums.told()}))
    yield b"\0" * _BLOCK * 2


class Unpacked:
    """An archive that is read once, from its beginning to its end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115 - closed with its stream
        self._members = self._read()
        self._waiting: tuple[str, bytes] | None = None
        self._sums = Sums()
        name, data = self._next() or ("", b"")
        self.manifest: dict[str, Any] = _told(data) if name == MANIFEST else {}
        if self.manifest.get("format") != FORMAT:
            raise Invalid("This is no backup that this version can read.", code="format")

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield the parts of one thing, if it comes next."""
        while (found := self._next()) is not None:
            whole, _, _number = found[0].rpartition("/")
            if whole != name:
                self._waiting = found
                return
            self._sums.add(name, found[1])
            yield found[1]

    def papers(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the path of each paper and its parts, which are read before the next."""
        while (found := self._next()) is not None:
            self._waiting = found
            whole, _, _number = found[0].rpartition("/")
            if not whole.startswith(f"{PAPERS}/"):
                return
            yield whole.removeprefix(f"{PAPERS}/"), self.parts(whole)

    def end(self) -> dict[str, Any]:
        """Return what was counted; raise Invalid where anything is missing or another."""
        name, data = self._next() or ("", b"")
        told = _told(data) if name == END else {}
        said = {name: one for name, one in told.get("sums", {}).items() if one["bytes"]}
        if not told or said != self._sums.told():
            raise Invalid("The backup is not whole: parts are missing or changed.", code="end")
        return told

    def _next(self) -> tuple[str, bytes] | None:
        if self._waiting is not None:
            found, self._waiting = self._waiting, None
            return found
        return next(self._members, None)

    def _read(self) -> Iterator[tuple[str, bytes]]:
        for member in self._tar:
            file = self._tar.extractfile(member) if member.isfile() else None
            if file is None or member.size > _LARGEST_WORD:
                raise Invalid("This is no backup that this version can read.", code="format")
            yield member.name, file.read()


def pieces_of(file: BinaryIO, length: int | None = None) -> Iterator[bytes]:
    """Yield what a file holds, or its first bytes."""
    left = length
    while left is None or left > 0:
        piece = file.read(PART if left is None else min(PART, left))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces joined to parts of one length; the last may be shorter."""
    kept = io.BytesIO()
    for piece in pieces:
        kept.write(piece)
        while kept.tell() >= PART:
            whole = kept.getvalue()
            yield whole[:PART]
            kept = io.BytesIO()
            kept.write(whole[PART:])
    if kept.tell():
        yield kept.getvalue()


def _member(name: str, data: bytes) -> Iterator[bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    yield info.tobuf(tarfile.PAX_FORMAT)
    yield data
    yield b"\0" * (-len(data) % _BLOCK)


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, indent=1, sort_keys=True).encode()


def _told(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
