"""Pictures: decoded within bounds and made anew, so that only points come in.

What a phone writes beside the points (where, when, which phone, a smaller copy) is not carried
over, nor is anything that was hidden before, between or behind them.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, ImageOps

from reintegration.papers.content.kinds import MOST_POINTS, Part, PartKind, Refusal, Unfit

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heif": "HEIF",
    "image/heic": "HEIF",
}
LONGEST = 2200
"""Points on the longer side of what is kept: a sheet of A4 with small print can be read."""
_QUALITY = 82
_CANNOT_READ = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError)
"""What decoders raise over bytes that are not what they say."""

Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is decoded, and refuses in words
pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page, in thousandths of its width and height from the upper left corner."""

    left: int
    top: int
    width: int
    height: int


def read(content: bytes, format_: str) -> Part:
    """Return the page that the bytes of `format_` show; raise Unfit."""
    try:
        with Image.open(BytesIO(content), formats=[format_]) as opened:
            _refuse_large(opened)
            opened.draft("RGB", (LONGEST, LONGEST))
            return kept(_flat(opened))
    except (*_CANNOT_READ, Image.DecompressionBombError):
        raise Unfit(Refusal.BROKEN) from None
    except MemoryError:
        raise Unfit(Refusal.TOO_SLOW) from None


def black_out(content: bytes, rectangles: Iterable[Rectangle]) -> Part:
    """Return a page of ours with `rectangles` in black: what stood there is gone."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for one in rectangles:
        draw.rectangle(_points(one, *picture.size), fill="black")
    return kept(picture)


def _points(one: Rectangle, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the corners in points, widened to whole ones."""
    right, bottom = one.left + one.width, one.top + one.height
    return (
        one.left * width // 1000,
        one.top * height // 1000,
        min(width, -(-right * width // 1000)),
        min(height, -(-bottom * height // 1000)),
    )


def _refuse_large(opened: Image.Image) -> None:
    width, height = opened.size
    if not width or not height:
        raise Unfit(Refusal.BROKEN)
    if width * height > MOST_POINTS:
        raise Unfit(Refusal.TOO_FINE)


def _flat(opened: Image.Image) -> Image.Image:
    """Return the picture upright, in colours, on white where one could see through it."""
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("I", "F", "I;16", "I;16B"):  # 16 bits a point, as some scanners write
        upright = upright.point(lambda value: value / 256, "L")
    upright.thumbnail((LONGEST, LONGEST))
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    seen_through = upright.convert("RGBA")
    white = Image.new("RGB", upright.size, "white")
    white.paste(seen_through, mask=seen_through.getchannel("A"))
    return white


def kept(picture: Image.Image) -> Part:
    """Return a page of ours that shows `picture`, in colours, and nothing beside it."""
    made: Any = Image.new("RGB", picture.size)  # carries nothing but what is pasted
    made.paste(picture)
    written = BytesIO()
    made.save(written, "JPEG", quality=_QUALITY, optimize=True)
    width, height = made.size
    return Part(PartKind.PICTURE, written.getvalue(), width=width, height=height)
