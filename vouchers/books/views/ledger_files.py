"""Files of the journal. No text in them can be taken for a formula by a spreadsheet."""

import csv
import io
from collections.abc import Callable, Sequence
from decimal import Decimal

import xlsxwriter

Row = Sequence[str | Decimal]
MOST_ROWS = 50_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and never computes it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_file(head: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return UTF-8 with a byte order mark, commas, and decimal points."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([harmless(cell) for cell in head])
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else str(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_file(head: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return a workbook of one sheet with a fixed head; sums are numbers, all else is text."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        bold, figures = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for column, cell in enumerate(head):
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, harmless(value))
                else:
                    sheet.write_number(number, column, float(value), figures)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(head) - 1)
        sheet.set_column(0, len(head) - 1, 18)
    return buffer.getvalue()


FILES: dict[str, tuple[Callable[[Sequence[str], Sequence[Row]], bytes], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
