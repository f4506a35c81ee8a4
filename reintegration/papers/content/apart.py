"""Reading files of strangers in a process of its own, within limits of memory and time.

Decoders are large and have faults. What one of them does to that process, it does not do to the
house; and the process knows no key, no database and no setting.
"""

import json
import resource
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from reintegration.papers.content.kinds import Part, PartKind, Refusal, Unfit

_ROOT = Path(__file__).resolve().parents[3]
_MEMORY = 900 * 1024 * 1024
"""Bytes that the process may fill, its decoders included."""
_SECONDS = 20
"""Of work for all files of one form; waiting for the processor may double it."""
_AT_ONCE = BoundedSemaphore(2)
"""How many such processes one web process has at once."""
_LENGTH = struct.Struct(">Q")


def read_all(files: Sequence[bytes]) -> list[Part | Refusal]:
    """Return what became of each file, in their order."""
    return _asked("read", files, expected=len(files))


def draw(content: bytes, pages: int) -> list[Part]:
    """Return a picture of each of the `pages` of a PDF; raise Unfit unless all can be drawn."""
    drawn: list[Part] = []
    for one in _asked("draw", [content], expected=pages):
        if isinstance(one, Refusal):
            raise Unfit(one)
        drawn.append(one)
    return drawn


def _asked(what: str, files: Sequence[bytes], *, expected: int) -> list[Part | Refusal]:
    with _AT_ONCE:
        answered = list(_answers(_ask(what, b"".join(map(_framed, files)))))
    return [*answered, *[Refusal.TOO_SLOW] * (expected - len(answered))]


def _ask(what: str, asked: bytes) -> bytes:
    command = (sys.executable, "-c", f"from {__name__} import answer; answer({what!r})")
    try:
        done = subprocess.run(
            command,
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * _SECONDS,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout


def answer(what: str) -> None:
    """Be that process: read files from the standard input and write what they are."""
    _limit()
    for written in _answered(what, sys.stdin.buffer):
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()


def _answered(what: str, asked: IO[bytes]) -> Iterator[bytes]:
    answering = {"read": _read, "draw": _draw}[what]
    for content in _frames(asked):
        yield from map(_written, _whatever_becomes(answering(content)))


def _read(content: bytes) -> Iterator[Part]:
    from reintegration.papers.content import reading  # noqa: PLC0415 - decoders load within limits

    yield reading.read(content)


def _draw(content: bytes) -> Iterator[Part]:
    from reintegration.papers.content import drawing  # noqa: PLC0415 - decoders load within limits

    yield from drawing.pages(content)


def _whatever_becomes(parts: Iterator[Part]) -> Iterator[Part | Refusal]:
    """Yield what is read, and the refusal that ends it."""
    try:
        yield from parts
    except Unfit as problem:
        yield problem.refusal
    except MemoryError:
        yield Refusal.TOO_SLOW
    except Exception:  # noqa: BLE001 - a decoder that fails in its own way has read nothing
        yield Refusal.BROKEN


def _written(found: Part | Refusal) -> bytes:
    if isinstance(found, Refusal):
        return _framed(json.dumps({"refusal": found}).encode()) + _framed(b"")
    said = {**asdict(found), "content": None}
    return _framed(json.dumps(said).encode()) + _framed(found.content)


def _answers(written: bytes) -> Iterator[Part | Refusal]:
    frames = _frames(BytesIO(written))
    for said, kept in zip(frames, frames, strict=False):
        told: dict[str, Any] = json.loads(said)
        if "refusal" in told:
            yield Refusal(told["refusal"])
        else:
            yield Part(**{**told, "kind": PartKind(told["kind"]), "content": kept})


def _framed(content: bytes) -> bytes:
    return _LENGTH.pack(len(content)) + content


def _frames(stream: IO[bytes]) -> Iterator[bytes]:
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        content = stream.read(length)
        if len(content) < length:
            return
        yield content


def _limit() -> None:
    """Hold this process to its limits, where the platform can."""
    for limit, value in (
        (resource.RLIMIT_DATA, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
