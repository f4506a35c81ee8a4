"""The table in a bank's CSV: where it begins, what its columns mean, and what stands above it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reintegration.kernel.amounts import currency_called
from reintegration.kernel.text import plain
from vouchers.formats.csv_profile import CsvProfile, Place
from vouchers.formats.iban import compact, is_iban
from vouchers.formats.letters import possible_texts
from vouchers.formats.problems import StatementFileError

_DELIMITERS = ";,\t|"
_HEADING_WITHIN = 40
_FEWEST_COLUMNS = 3
_LONGEST_IBAN = 34
_NEEDED = {"booking_date": "Data / Date / Дата", "amount": "Suma / Amount / Сумма, Debit + Credit"}
"""How a column that must be there may be called, for the message that misses it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The place of each known column, the rows below with their line, and what stands above.

    `account` and `currency` stand above the table, the currency perhaps in a heading ("Debit,
    MDL"); None where nothing or several are said. `before` and `after` are rows that a person said
    are no lines.
    """

    columns: Mapping[str, int]
    rows: Sequence[tuple[int, list[str]]]
    account: str | None
    currency: str | None
    before: Sequence[tuple[int, list[str]]] = field(default_factory=list)
    after: Sequence[tuple[int, list[str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line that may be the heading of a table."""

    line: int
    delimiter: str
    cells: list[str]
    columns: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Whether a day and an amount are among its columns."""
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """Return how the columns that must be there may be called."""
        both = "debit" in self.columns and "credit" in self.columns
        has_amount = "amount" in self.columns or both
        found = {"booking_date": "booking_date" in self.columns, "amount": has_amount}
        return [_NEEDED[name] for name, is_there in found.items() if not is_there]


def find(text: str, profile: CsvProfile) -> Table:
    """Return the table of a text; a heading that lacks a column is named with what is known."""
    heading = _heading(text, profile)
    if heading is None:
        raise StatementFileError("unknown_format")
    if not heading.is_whole:
        raise _column_missing(heading)
    above = _above(text, heading)
    rows = list(_rows(text, heading))
    place = profile.place
    first = heading.line + 1 + (place.skip_first if place else 0)
    begin = sum(number <= first for number, _ in rows)
    end = max(len(rows) - (place.skip_last if place else 0), begin)
    return Table(
        heading.columns,
        rows[begin:end],
        _account_of(above, profile),
        _currency_of([heading.cells]) or _currency_of(above),
        rows[:begin],
        rows[end:],
    )


def names_all(cells: Sequence[str], profile: CsvProfile) -> bool:
    """Tell whether these cells name all columns that must be there."""
    return _Heading(0, "", list(cells), columns_named(cells, profile)).is_whole


def account_in(data: bytes, profile: CsvProfile) -> str | None:
    """Return the account that a file begins with: above its table, or in its first row."""
    for text in possible_texts(data, profile.encoding):
        heading = _heading(text, profile)
        if heading is None or not heading.is_whole:
            continue
        above = _account_of(_above(text, heading), profile)
        place = heading.columns.get("account")
        if above or place is None:
            return above
        first = heading.line + 1 + (profile.place.skip_first if profile.place else 0)
        rows = (row for number, row in _rows(text, heading) if number > first and place < len(row))
        return compact(next(rows, [""] * (place + 1))[place])
    return None


def is_table(data: bytes, profile: CsvProfile) -> bool:
    """Tell whether the bytes begin like a CSV that the profile can read."""
    headings = (_heading(text, profile) for text in possible_texts(data, profile.encoding))
    return any(one is not None and one.is_whole for one in headings)


def missing(data: bytes, profile: CsvProfile) -> StatementFileError | None:
    """Return what a table lacks to be read; None for what does not look like a table at all."""
    for text in possible_texts(data, profile.encoding):
        heading = _heading(text, profile)
        if heading is not None and len(heading.cells) >= _FEWEST_COLUMNS:
            return _column_missing(heading)
    return None


def _column_missing(heading: _Heading) -> StatementFileError:
    known = set(heading.columns.values())
    told = [(place in known, cell) for place, cell in enumerate(heading.cells) if cell]
    return StatementFileError(
        "column_missing",
        row=heading.line + 1,
        column="; ".join(heading.missing),
        known=_listed(cell for is_known, cell in told if is_known),
        unknown=_listed(cell for is_known, cell in told if not is_known),
    )


def _listed(cells: Iterator[str]) -> str:
    return ", ".join(cells)[:200] or "–"


def _heading(text: str, profile: CsvProfile) -> _Heading | None:
    """Return the first line with all that must be there, or else the likest one."""
    lines = text.splitlines()[:_HEADING_WITHIN]
    if profile.place is not None:
        return _placed(lines, profile.place, profile.delimiter or ";")
    likest: _Heading | None = None
    for delimiter in profile.delimiter or _DELIMITERS:
        for index, line in enumerate(lines):
            cells = [cell.strip() for cell in split(line, delimiter)]
            found = _Heading(index, delimiter, cells, columns_named(cells, profile))
            if found.is_whole:
                return found
            if likest is None or _likeness(found) > _likeness(likest):
                likest = found
    return likest


def _placed(lines: Sequence[str], place: Place, delimiter: str) -> _Heading | None:
    """Return the line that names the columns as it did when a person said what they are.

    Of a table without names it is the line before the first, which has as many cells as then.
    """
    if not place.heading:
        cells = split(lines[place.skip_first], delimiter) if place.skip_first < len(lines) else []
        day = place.columns["booking_date"]
        fits = len(cells) == place.width and cells[day].strip()[:1].isdigit()
        return _Heading(-1, delimiter, [], place.columns) if fits else None
    for index, line in enumerate(lines):
        cells = [cell.strip() for cell in split(line, delimiter)]
        if len(cells) >= place.width and all(
            plain(cells[one]) == plain(place.heading[one]) for one in place.columns.values()
        ):
            return _Heading(index, delimiter, cells, place.columns)
    return None


def _likeness(heading: _Heading) -> tuple[int, int]:
    return len(heading.columns), sum(map(bool, heading.cells))


def split(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line; of one that is too long for a table, none."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def columns_named(cells: Sequence[str], profile: CsvProfile) -> dict[str, int]:
    """Return the place of each column that is known by its name."""
    places: dict[str, int] = {}
    for index, cell in enumerate(cells):
        for name in (plain(cell), plain(_without_currency(cell))):
            places.setdefault(name, index)
    found: dict[str, int] = {}
    for meaning, headings in profile.columns.items():
        for one in headings:
            if (name := plain(one)) in places:
                found[meaning] = places[name]
                break
    return found


def _without_currency(cell: str) -> str:
    """Return a heading such as "Debit (MDL)" or "Suma, lei" without the word behind it."""
    words = re.split(r"[\s,()]+", cell.strip(" ()"))
    is_behind = len(words) > 1 and currency_called(words[-1]) is not None
    return " ".join(words[:-1]) if is_behind else cell


def _above(text: str, heading: _Heading) -> list[list[str]]:
    lines = text.splitlines()[: max(heading.line, 0)]
    return [split(line, heading.delimiter) for line in lines]


def _rows(text: str, heading: _Heading) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=heading.delimiter)
    try:
        for row in reader:
            if reader.line_num > heading.line + 1 and any(cell.strip() for cell in row):
                _refuse_swallowed(row, reader.line_num, heading)
                yield reader.line_num, row
    except csv.Error:
        raise StatementFileError("row_quoted", row=reader.line_num) from None


def _refuse_swallowed(row: Sequence[str], number: int, heading: _Heading) -> None:
    """Refuse a cell that holds whole lines of the table: its quotation mark was never closed."""
    for cell in row:
        if "\n" not in cell:
            continue
        first, *others = cell.split("\n")
        width = max(len(heading.cells), *(place + 1 for place in heading.columns.values()))
        if any(len(split(line, heading.delimiter)) >= width - 1 for line in others):
            raise StatementFileError("row_quoted", row=number - len(others), text=first[:40])


def _account_of(above: Sequence[Sequence[str]], profile: CsvProfile) -> str | None:
    """Return the only account above the table, those that are called so first."""
    called = {plain(one) for one in profile.columns.get("account", ())}
    named: set[str] = set()
    others: set[str] = set()
    for cells in above:
        for label, cell in zip(["", *cells], cells, strict=False):
            for number in _numbers(cell):
                is_named = bool({plain(label), *plain(cell).split()} & called)
                (named if is_named else others).add(number)
    found = named or others
    return found.pop() if len(found) == 1 else None


def _numbers(cell: str) -> Iterator[str]:
    """Yield the IBANs in a cell, written together or in groups, with words around them."""
    words = [compact(word) or "" for word in re.split(r"[\s:,;()/]+", cell)]
    for first in range(len(words)):
        joined = ""
        for word in words[first:]:
            joined += word
            if len(joined) > _LONGEST_IBAN:
                break
            if is_iban(joined):
                yield joined
                return


def _currency_of(lines: Sequence[Sequence[str]]) -> str | None:
    """Return the only currency that stands as a word of its own in these lines."""
    words = (word for cells in lines for cell in cells for word in re.split(r"[\s:,;()/]+", cell))
    found = {code for word in words if (code := currency_called(word))}
    return found.pop() if len(found) == 1 else None
