"""Files of the journal are written as they are sent: what is held does not grow with them."""

import csv
import io
import tracemalloc
from decimal import Decimal

import openpyxl
import pytest

from reintegration.web import table_files
from reintegration.web.table_files import csv_file, xlsx_file

HEAD = ("Day", "Name", "Debit")


def rows(count):
    return ((f"2026-01-{1 + n % 28:02}", f"=name {n}", Decimal(n) / 100) for n in range(count))


def peak(make, count):
    """Return the most memory that a file took while nobody kept what was sent."""
    tracemalloc.start()
    try:
        for _chunk in make(HEAD, rows(count)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [csv_file, xlsx_file])
def test_what_is_held_does_not_grow_with_the_file(make):
    peak(make, 100)
    assert peak(make, 12_000) < peak(make, 3_000) * 1.5


def test_a_text_file_begins_before_its_last_row_is_read():
    read = []
    file = csv_file(HEAD, (read.append(row) or row for row in rows(table_files._AT_ONCE * 3)))
    assert b"Day,Name,Debit" in next(file)
    next(file)
    assert len(read) == table_files._AT_ONCE


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1200])
def test_every_row_is_in_the_text_once(count):
    content = b"".join(csv_file(HEAD, rows(count))).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(content)))
    assert found[0] == list(HEAD)
    assert [row[1] for row in found[1:]] == [f"'=name {n}" for n in range(count)]


def test_a_workbook_holds_figures_as_figures_and_text_as_text():
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_file(HEAD, rows(300)))))
    sheet = list(book.active.iter_rows(values_only=True))
    assert sheet[0] == HEAD
    assert sheet[300] == ("2026-01-20", "'=name 299", 2.99)
    assert book.active.auto_filter.ref == "A1:C301"
    assert book.active.freeze_panes == "A2"
