"""Streams that are sealed to a public key, in the format age (age-encryption.org/v1).

Whoever holds the private key opens them, also with the program `age` itself.
"""

import io
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage
from pyrage import x25519

from reintegration.kernel.errors import Invalid
from reintegration.kernel.recipients import recipient


class Readable(Protocol):
    """What a backup is read from: a file, or an object of a store."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class _Source:
    """What `read` asks for, from pieces of any length."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._kept = io.BytesIO()
        self.failed: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end."""
        while not (given := self._kept.read(size)):
            try:
                self._kept = io.BytesIO(next(self._pieces))
            except StopIteration:
                return b""
            except Exception as problem:
                self.failed = problem
                raise
        return given


def new_keys() -> tuple[str, str]:
    """Return a fresh pair: the public key (`age1…`) and the private one (`AGE-SECRET-KEY-1…`)."""
    private = x25519.Identity.generate()
    return str(private.to_public()), str(private)


def check(public: str) -> None:
    """Raise Invalid unless this is a public key."""
    recipient(public)


def seal(pieces: Iterable[bytes], target: BinaryIO, *, to: str) -> None:
    """Write what comes in pieces to `target`, so that only the holder of the key opens it."""
    source = _Source(pieces)
    try:
        pyrage.encrypt_io(source, target, [recipient(to)])
    except pyrage.EncryptError:
        if source.failed is not None:
            raise source.failed from None
        raise


class _Pipe:
    """The writing end of a pipe; whoever reads may have had enough."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.is_broken = file, False

    def write(self, data: bytes) -> int:
        """Write all of it."""
        try:
            return self._file.write(data)
        except BrokenPipeError:
            self.is_broken = True
            raise

    def flush(self) -> None:
        """Let nothing wait."""
        self._file.flush()


@contextmanager
def opened(source: Readable, private_key: Path) -> Iterator[BinaryIO]:
    """Give what was sealed, as a stream; raise Invalid for another key or a damaged file.

    Each part of the stream is checked before it is given, and its end when all of it was read.
    """
    identity = _identity(private_key)
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def pour() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as file:
            pipe = _Pipe(file)
            try:
                pyrage.decrypt_io(source, pipe, [identity])
            except Exception as problem:  # noqa: BLE001 - told by the reader, another thread
                if not pipe.is_broken:
                    failed.append(problem)

    pouring = threading.Thread(target=pour, daemon=True)
    pouring.start()
    try:
        with os.fdopen(reading, "rb") as stream:
            yield stream
            while stream.read(1 << 16):  # its end shows that nothing is cut off
                pass
    finally:
        pouring.join()
        if failed:
            raise Invalid(
                "This key does not open the backup, or the file is damaged or cut off.",
                code="sealed",
            ) from failed[0]


def _identity(file: Path) -> x25519.Identity:
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    if len(keys) != 1:
        raise Invalid(
            "The file of the private key holds one line that begins with AGE-SECRET-KEY-.",
            code="private_key",
        )
    try:
        return x25519.Identity.from_str(keys[0])
    except Exception as problem:
        raise Invalid("The private key is damaged.", code="private_key") from problem
