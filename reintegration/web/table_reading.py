"""Bytes of a CSV or XLSX file into a plain table of text. Pure: no database, no web."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import iterparse
from openpyxl import load_workbook

from reintegration.kernel import encodings
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import freed

HIDDEN_ROWS = N_("Hidden rows, left out: %(count)s (%(rows)s).")
OTHER_SHEETS = N_("Only the sheet “%(name)s” was read. Left out: %(others)s.")
_TOLD = 10
MAX_ROWS = 20_000
MAX_COLUMNS = 100
_MAX_UNPACKED = 40 * 1024 * 1024
_ZIP = b"PK\x03\x04"
FORMULA = "\x00formula"
"""Stands in a cell that holds a formula: its value is not known here."""


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows below it, each with its number in the file (the header is 1).

    `notes` say what of the file was left out.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple["Note", ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A marked message about the whole file, and the texts that fill it."""

    message: str
    params: dict[str, str]


def read(content: bytes, encoding: str | None = None) -> Table:
    """Return the table of a file, told by its content; raise Invalid in words when it has none."""
    notes: list[Note] = []
    is_xlsx = content.startswith(_ZIP)
    lines = _read_xlsx(content, notes) if is_xlsx else _read_csv(content, encoding)
    numbered = [
        (number, cells) for number, cells in enumerate(_bounded(lines), start=1) if any(cells)
    ]
    if not numbered:
        raise Invalid(N_("The file is empty."), code="file")
    _, header = numbered[0]
    return Table(header=header, rows=tuple(numbered[1:]), notes=tuple(notes))


def _bounded(lines: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for number, cells in enumerate(lines, start=1):
        if number > MAX_ROWS:
            raise Invalid(
                N_("The file has more than %(limit)s rows. Split it."), code="file", limit=MAX_ROWS
            )
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise Invalid(
                N_("Row %(row)s has more than %(limit)s columns: is this the right file?"),
                code="file",
                row=number,
                limit=MAX_COLUMNS,
            )
        yield cells[:MAX_COLUMNS]


def _read_csv(content: bytes, encoding: str | None) -> Iterator[tuple[str, ...]]:
    if b"\x00" in content and not encodings.is_wide(content):
        raise Invalid(N_("This is neither a CSV nor an XLSX file."), code="file")
    text = encodings.read(content, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield tuple(cell.strip() for cell in cells)
    except csv.Error:
        raise Invalid(
            N_("Row %(row)s cannot be read: a quotation mark may be open."),
            code="file",
            row=reader.line_num,
        ) from None


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(";,\t", key=bare.count)


def _read_xlsx(content: bytes, notes: list[Note]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the first sheet that is shown; a hidden row is an empty one."""
    broken = Invalid(N_("This XLSX file is damaged. Save it again, or as CSV."), code="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise broken from None
    if unpacked > _MAX_UNPACKED:
        raise Invalid(N_("This XLSX file unpacks to too much."), code="file")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except Exception:  # noqa: BLE001 - a damaged file makes the library fail in many ways
        raise broken from None
    try:
        sheet = _sheet(book, notes)
        sheet.reset_dimensions()
        hidden = _hidden_rows(sheet)
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield () if number in hidden else tuple(_cell(cell) for cell in row)
        if hidden:
            listed = ", ".join(str(number) for number in sorted(hidden)[:_TOLD])
            notes.append(Note(HIDDEN_ROWS, {"count": str(len(hidden)), "rows": listed}))
    except Invalid:
        raise
    except Exception:  # noqa: BLE001
        raise broken from None
    finally:
        book.close()


def _sheet(book: Any, notes: list[Note]) -> Any:
    """Return the first sheet that is shown, and note those that are not read."""
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise Invalid(N_("Every sheet of this file is hidden."), code="file")
    others = [sheet.title for sheet in book.worksheets if sheet is not shown[0]]
    if others:
        left_out = ", ".join(others[:_TOLD])
        notes.append(Note(OTHER_SHEETS, {"name": shown[0].title, "others": left_out}))
    return shown[0]


def _hidden_rows(sheet: Any) -> frozenset[int]:
    """Return the numbers of the rows that the spreadsheet does not show.

    The reader of the library passes this over, so the part is read once more for it alone.
    """
    hidden = set()
    with sheet._get_source() as part:  # noqa: SLF001
        for number, (_, row) in enumerate(iterparse(part, tag="{*}row", no_network=True), start=1):
            if row.get("hidden") in ("1", "true"):
                hidden.add(int(row.get("r") or number))
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]
    return frozenset(hidden)


def _cell(cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    if isinstance(cell.value, bool):
        return "1" if cell.value else "0"
    return freed(str(cell.value)).strip()
