"""What a file is, is decided by what it holds; nothing but points and whole PDFs come in."""

import ast
import io
import resource
import subprocess
import sys
import time

import pytest
from PIL import Image

from reintegration.papers.content import apart, pictures, reading
from reintegration.papers.content.kinds import Part, PartKind, Refusal, Unfit
from reintegration.papers.content.pictures import LONGEST, Rectangle
from tests.factories.papers import CLEANED, HOSTILE, SECRET, inked, pdf, photo, picture_of
from tests.house import source
from tests.sampling import drawn

DAILY = 8
HOSTILE_FILES = 50
MOST_MEMORY = 1200 * 1024
"""Kilobytes that the process fills at its worst, Python and shared libraries included."""
MOST_SECONDS = 60


def found_of(answer: Part | Refusal) -> str:
    return CLEANED if isinstance(answer, Part) else answer


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_and_scanners_make_becomes_a_picture_of_ours(format_):
    part = reading.read(photo(format_))
    assert (part.kind, part.pages, part.width, part.height) == (PartKind.PICTURE, 1, 600, 800)
    with Image.open(io.BytesIO(part.content)) as made:
        assert made.format == "JPEG"
        assert "exif" not in made.info


def test_a_pdf_keeps_its_bytes_and_is_counted():
    content = pdf(3)
    assert reading.read(content) == Part(PartKind.PDF, content, pages=3)


def test_the_pages_of_a_pdf_are_drawn_apart_and_only_as_they_look():
    drawn = apart.draw(inked(2), 2)
    assert [(part.kind, part.width, part.height) for part in drawn] == [
        (PartKind.PICTURE, LONGEST, LONGEST)
    ] * 2
    page = picture_of(drawn[0].content)
    assert max(page.getpixel((LONGEST // 2, LONGEST // 2))) < 12
    assert min(page.getpixel((10, 10))) > 240


def test_what_draws_pdfs_is_loaded_by_the_process_apart_alone():
    asks = {
        path.name
        for path, nodes in source.files()
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom) and "pypdfium2" in ast.unparse(node)
    }
    assert asks == {"drawing.py"}
    loaded = "import sys, wsgi; sys.exit('pypdfium2' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", loaded], cwd=source.ROOT, check=False).returncode == 0
    )


def test_what_cannot_be_drawn_is_refused_and_so_are_pages_that_did_not_come():
    with pytest.raises(Unfit) as refused:
        apart.draw(b"%PDF-1.7 and nothing", 1)
    assert refused.value.refusal is Refusal.BROKEN
    with pytest.raises(Unfit) as refused:
        apart.draw(inked(), 2)
    assert refused.value.refusal is Refusal.TOO_SLOW


def test_a_large_photograph_is_made_smaller_and_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone on its side
    part = reading.read(photo("JPEG", (4000, 3000), exif=exif.tobytes()))
    assert (part.width, part.height) == (1650, 2200)


def test_what_one_could_see_through_is_white():
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    written = io.BytesIO()
    picture.save(written, "PNG")
    assert picture_of(reading.read(written.getvalue()).content).getpixel((10, 10)) == (
        255,
        255,
        255,
    )


def test_fifty_hostile_files_are_there():
    assert len(HOSTILE) >= HOSTILE_FILES


def test_some_hostile_files_are_refused_or_cleaned():
    names = drawn([*HOSTILE], DAILY, of="hostile files")
    content = [HOSTILE[name][0]() for name in names]
    expected = {name: str(HOSTILE[name][1]) for name in names}
    found = {
        name: str(found_of(one)) for name, one in zip(names, apart.read_all(content), strict=True)
    }
    assert found == expected


@pytest.mark.deep
@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_is_refused_or_cleaned_within_bounds(name):
    made, expected = HOSTILE[name]
    content = made()
    began = time.monotonic()
    (answer,) = apart.read_all([content])
    assert str(found_of(answer)) == str(expected)
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_MEMORY
    if isinstance(answer, Part):
        assert SECRET not in answer.content


def test_where_a_photograph_was_taken_does_not_come_in():
    content = HOSTILE["a photograph that says where"][0]()
    assert SECRET in content
    assert SECRET not in reading.read(content).content


def test_a_decoder_that_dies_takes_only_its_file_with_it(monkeypatch):
    monkeypatch.setattr(apart, "_ask", lambda *_asked: apart._framed(b'{"refusal": "broken"}') * 2)
    assert apart.read_all([b"x", b"y"])[1] is Refusal.TOO_SLOW


def test_reading_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "_SECONDS", 0.005)
    began = time.monotonic()
    assert apart.read_all([photo()]) == [Refusal.TOO_SLOW]
    assert time.monotonic() - began < 5


def test_the_reading_process_may_fill_so_much_and_no_more():
    code = "from reintegration.papers.content import apart; apart._limit(); bytearray(2 * 1024**3)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=apart._ROOT, capture_output=True, check=False
    )
    assert b"MemoryError" in done.stderr


def test_what_is_blacked_out_is_black_and_gone():
    before = reading.read(photo()).content
    assert picture_of(before).getpixel((300, 400))[2] > 100
    after = pictures.black_out(before, [Rectangle(50, 450, 900, 100)]).content
    region = picture_of(after).crop((40, 370, 560, 430))
    assert max(high for _low, high in region.getextrema()) < 12
    assert picture_of(after).getpixel((300, 100)) == (255, 255, 255)


def test_a_picture_too_fine_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "_flat", None)
    with pytest.raises(Unfit) as refused:
        reading.read(HOSTILE["a PNG of 1600 million points"][0]())
    assert refused.value.refusal is Refusal.TOO_FINE
