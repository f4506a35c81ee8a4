"""What a file is: decided by what it holds and by decoding that, never by its name."""

from collections.abc import Iterable

import puremagic

from reintegration.papers.content import pdfs, pictures
from reintegration.papers.content.kinds import MOST_BYTES, Part, Refusal, Unfit

_HEAD = 4096
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_OFFICE = b"\xd0\xcf\x11\xe0"


def read(content: bytes) -> Part:
    """Return what is kept of a file; raise Unfit."""
    if not content.strip(b"\0 \t\r\n"):
        raise Unfit(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unfit(Refusal.TOO_LARGE)
    if content.startswith((*_ARCHIVES, _OFFICE)):
        raise Unfit(Refusal.ARCHIVE)
    kinds = _kinds(content)
    if "application/pdf" in kinds:
        return pdfs.read(content)
    for kind in kinds:
        if kind in pictures.FORMATS:
            return pictures.read(content, pictures.FORMATS[kind])
    raise Unfit(Refusal.UNKNOWN)


def read_all(files: Iterable[bytes]) -> list[Part | Refusal]:
    """Return what became of each file, read in this very process: for files of our own making."""
    return [_read_or_refused(content) for content in files]


def _read_or_refused(content: bytes) -> Part | Refusal:
    try:
        return read(content)
    except Unfit as problem:
        return problem.refusal


def _kinds(content: bytes) -> list[str]:
    try:
        return [found.mime_type for found in puremagic.magic_string(content[:_HEAD])]
    except (puremagic.PureError, ValueError):
        return []
