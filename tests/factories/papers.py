"""Invented papers: good ones, and the hostile ones that people and their enemies send."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.papers.content import reading
from reintegration.papers.content.kinds import Refusal
from reintegration.papers.holders import Held
from reintegration.papers.models import Paper
from reintegration.papers.services import planes, uploading
from reintegration.papers.services.uploading import Upload
from tests.factories.cast import NOW, actor

CLEANED = "cleaned"
SECRET = b"seen-by-nobody"


@cache
def photo(format_: str = "JPEG", size: tuple[int, int] = (600, 800), **more: Any) -> bytes:
    """Return a picture of a sheet with a dark line across its middle."""
    picture = Image.new("RGB", size, "white")
    edge, middle = size[0] // 10, size[1] // 2
    line = (edge, middle - 10, size[0] - edge, middle + 10)
    ImageDraw.Draw(picture).rectangle(line, fill="#202080")
    written = io.BytesIO()
    picture.save(written, format_, **more)
    return written.getvalue()


def picture_of(content: bytes) -> Image.Image:
    """Return a picture as points."""
    return Image.open(io.BytesIO(content)).convert("RGB")


def pdf(pages: int = 1, change: Callable[[PdfWriter], Any] = lambda _writer: None) -> bytes:
    """Return a PDF of blank pages, after `change`."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def inked(pages: int = 1) -> bytes:
    """Return a PDF with a black square in the middle of each page."""

    def ink(writer: PdfWriter) -> None:
        for page in writer.pages:
            drawn = StreamObject()
            drawn.set_data(b"0 0 0 rg 80 80 40 40 re f")
            page[NameObject("/Contents")] = writer._add_object(drawn)

    return pdf(pages, ink)


def make_paper(
    session: Session,
    held: Held,
    person: User,
    *,
    named: bool | None = False,
    files: tuple[bytes, ...] = (),
    now=NOW,
) -> Paper:
    """Let a person put a paper on a thing and answer the question; `named` None: not yet."""
    who = actor(session, person)
    uploads = [Upload(f"{number}.jpg", one) for number, one in enumerate(files or (photo(),))]
    paper, _refused = uploading.begin(
        session, held, actor=who, files=uploads, now=now, read_all=reading.read_all
    )
    if named is not None:
        planes.keep(session, paper, actor=who, named=named, now=now)
    return paper


def zipped(name: str = "word/document.xml", content: bytes = b"x") -> bytes:
    """Return an archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def _png(width: int, height: int, points: bytes, *before: bytes) -> bytes:
    head = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = _png_chunk(b"IDAT", points)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + body + _png_chunk(b"IEND", b"")


def _action(kind: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def _root(name: str, value: Any) -> Callable[[PdfWriter], Any]:
    return lambda writer: writer.root_object.__setitem__(NameObject(name), value)


def _names(name: str) -> Callable[[PdfWriter], Any]:
    return _root("/Names", DictionaryObject({NameObject(name): DictionaryObject()}))


def _note(**entries: Any) -> Callable[[PdfWriter], Any]:
    note = DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})
    return lambda writer: writer.pages[0].__setitem__(NameObject("/Annots"), ArrayObject([note]))


def _lying_count(writer: PdfWriter) -> None:
    writer.root_object["/Pages"][NameObject("/Count")] = NumberObject(1)


def _own_kid(writer: PdfWriter) -> None:
    pages = writer.root_object["/Pages"]
    pages["/Kids"].append(writer.root_object.raw_get("/Pages"))


def _next(writer: PdfWriter) -> None:
    first = _action("/GoTo")
    first[NameObject("/Next")] = _action("/JavaScript")
    _root("/OpenAction", first)(writer)


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # the maker of the phone
    exif[0x8825] = {1: "N", 2: (47.0, 0.0, 0.0)}  # where it was
    return photo("JPEG", exif=exif.tobytes())


def _hidden(format_: str) -> bytes:
    return photo(format_) + SECRET + zipped()


def _bomb() -> bytes:
    row = b"\0" * (1 + 3 * 40_000)
    return _png(40_000, 40_000, zlib.compress(row * 200, 9))


def _jpeg_of(width: int, height: int) -> bytes:
    """Return a JPEG that says it is much larger than it is."""
    said = bytearray(photo("JPEG"))
    at = said.index(b"\xff\xc0") + 5
    said[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(said)


_LINE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", Refusal.EMPTY),
    "only blanks": (lambda: b" \n\t\r\n" * 50, Refusal.EMPTY),
    "only zeroes": (lambda: b"\0" * 5000, Refusal.EMPTY),
    "one letter": (lambda: b"x", Refusal.UNKNOWN),
    "more than 10 MB": (lambda: photo() + b"\0" * (10 * 1024 * 1024), Refusal.TOO_LARGE),
    "a zip": (zipped, Refusal.ARCHIVE),
    "an empty zip": (lambda: b"PK\x05\x06" + b"\0" * 18, Refusal.ARCHIVE),
    "a zip bomb": (lambda: zipped("b", b"\0" * 30_000_000), Refusal.ARCHIVE),
    "a gzip": (lambda: gzip.compress(photo()), Refusal.ARCHIVE),
    "a rar": (lambda: b"Rar!\x1a\x07\x00" + b"x" * 100, Refusal.ARCHIVE),
    "a 7z": (lambda: b"7z\xbc\xaf\x27\x1c" + b"x" * 100, Refusal.ARCHIVE),
    "an old office file": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
        Refusal.ARCHIVE,
    ),
    "a Windows program": (lambda: b"MZ" + b"\x90\0" * 300, Refusal.UNKNOWN),
    "a Linux program": (lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"x" * 200, Refusal.UNKNOWN),
    "a shell script": (lambda: b"#!/bin/sh\nrm -rf /\n", Refusal.UNKNOWN),
    "a web page": (lambda: b"<!doctype html><script>1</script>", Refusal.UNKNOWN),
    "an SVG": (lambda: _LINE, Refusal.UNKNOWN),
    "an SVG with its head": (lambda: b'<?xml version="1.0"?>' + _LINE, Refusal.UNKNOWN),
    "a GIF": (lambda: photo("GIF"), Refusal.UNKNOWN),
    "a TIFF": (lambda: photo("TIFF"), Refusal.UNKNOWN),
    "a BMP": (lambda: photo("BMP"), Refusal.UNKNOWN),
    "an icon": (lambda: photo("ICO", (64, 64)), Refusal.UNKNOWN),
    "a PostScript file": (lambda: b"%!PS-Adobe-3.0\n(x) run\n", Refusal.UNKNOWN),
    "a video": (lambda: b"\0\0\0\x18ftypmp42" + b"\0" * 400, Refusal.UNKNOWN),
    "a cut JPEG": (lambda: photo()[: len(photo()) // 2], Refusal.BROKEN),
    "a cut PNG": (lambda: photo("PNG")[:300], Refusal.BROKEN),
    "a cut WebP": (lambda: photo("WEBP")[:100], Refusal.BROKEN),
    "a cut HEIC": (lambda: photo("HEIF")[:300], Refusal.BROKEN),
    "a head of a JPEG and noise": (
        lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9,
        Refusal.BROKEN,
    ),
    "a PNG of no width": (lambda: _png(0, 10, zlib.compress(b"\0" * 50)), Refusal.BROKEN),
    "a PNG of false sums": (lambda: photo("PNG").replace(b"IDAT", b"IDAX", 1), Refusal.BROKEN),
    "a PNG of 1600 million points": (_bomb, Refusal.TOO_FINE),
    "a PNG of 64 million points": (lambda: photo("PNG", (8000, 8000)), Refusal.TOO_FINE),
    "a JPEG that says it is huge": (lambda: _jpeg_of(60_000, 60_000), Refusal.TOO_FINE),
    "a PNG with a bomb of text": (
        lambda: _png(
            10,
            10,
            zlib.compress(b"\0" * 310),
            _png_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"x" * 90_000_000)),
        ),
        Refusal.BROKEN,
    ),
    "a head of a PDF and nothing": (lambda: b"%PDF-1.7\n", Refusal.BROKEN),
    "a cut PDF": (lambda: pdf(3)[:200], Refusal.BROKEN),
    "a PDF of no page": (lambda: pdf(0), Refusal.BROKEN),
    "a PDF of 200 pages": (lambda: pdf(200), Refusal.TOO_MANY_PAGES),
    "200 pages that say they are one": (lambda: pdf(200, _lying_count), Refusal.TOO_MANY_PAGES),
    "a PDF that holds itself": (lambda: pdf(1, _own_kid), Refusal.TOO_MANY_PAGES),
    "a PDF with a password": (lambda: pdf(1, lambda one: one.encrypt("x")), Refusal.LOCKED),
    "a PDF with a script": (
        lambda: pdf(1, _root("/OpenAction", _action("/JavaScript"))),
        Refusal.ACTIVE,
    ),
    "a PDF that starts a program": (
        lambda: pdf(1, _root("/OpenAction", _action("/Launch"))),
        Refusal.ACTIVE,
    ),
    "a PDF with a script behind another act": (lambda: pdf(1, _next), Refusal.ACTIVE),
    "a PDF with named scripts": (lambda: pdf(1, _names("/JavaScript")), Refusal.ACTIVE),
    "a PDF that carries files": (lambda: pdf(1, _names("/EmbeddedFiles")), Refusal.ACTIVE),
    "a PDF with a button that runs": (
        lambda: pdf(1, _note(A=_action("/JavaScript"))),
        Refusal.ACTIVE,
    ),
    "a PDF with a file pinned to a page": (
        lambda: pdf(1, _note(Subtype=NameObject("/FileAttachment"))),
        Refusal.ACTIVE,
    ),
    "a PDF that is a zip too": (lambda: pdf() + zipped(), Refusal.ARCHIVE),
    "a zip before a PDF": (lambda: zipped() + pdf(), Refusal.ARCHIVE),
    "a JPEG with a zip behind it": (lambda: _hidden("JPEG"), CLEANED),
    "a PNG with a zip behind it": (lambda: _hidden("PNG"), CLEANED),
    "a photograph that says where": (_exif, CLEANED),
    "a JPEG with a script in a comment": (lambda: photo("JPEG", comment=SECRET + _LINE), CLEANED),
}
"""Fifty files and some more: how each is made, and the refusal that it must meet, or CLEANED."""
