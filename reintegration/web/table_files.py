"""Files of long tables, written as they are sent: memory holds some rows, never the file.

No text in them can be taken for a formula by a spreadsheet.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

Row = Sequence[str | Decimal]
MOST_ROWS = 50_000
"""Of a workbook, which can only be sent when it is whole."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_AT_ONCE = 500
_CHUNK = 64 * 1024


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and never computes it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def is_harmless_form(text: str) -> bool:
    """Whether this is what `harmless` made of a text, as it comes back in a file of ours."""
    return text[:1] == "'" and text[1:].startswith(_FORMULA)


def csv_file(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Give UTF-8 with a byte order mark, commas, and decimal points, some rows at a time."""
    yield "\ufeff".encode() + _csv_of([head])
    for some in _some_at_a_time(rows):
        yield _csv_of(some)


def _csv_of(rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([_spelled(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def _spelled(cell: str | Decimal) -> str:
    return harmless(cell) if isinstance(cell, str) else str(cell)


def _some_at_a_time(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def xlsx_file(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Give a workbook of one sheet with a fixed head; sums are numbers, all else is text."""
    with tempfile.TemporaryFile() as file:
        _write_book(file, head, rows)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _write_book(file: IO[bytes], head: Sequence[str], rows: Iterable[Row]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 18)
        _write_row(sheet, 0, head, book.add_format({"bold": True}))
        figures, number = book.add_format({"num_format": "#,##0.00"}), 0
        for number, row in enumerate(rows, start=1):
            _write_row(sheet, number, row, figures)
        sheet.autofilter(0, 0, number, len(head) - 1)


def _write_row(sheet: Any, number: int, row: Row, looks: Any) -> None:
    for column, value in enumerate(row):
        if not isinstance(value, str):
            sheet.write_number(number, column, float(value), looks)
        elif number:
            sheet.write_string(number, column, harmless(value))
        else:
            sheet.write_string(number, column, value, looks)


FILES: dict[str, tuple[Callable[[Sequence[str], Iterable[Row]], Iterator[bytes]], str]] = {
    "csv": (csv_file, "text/csv"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
