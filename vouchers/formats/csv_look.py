"""The beginning of a bank's table as a person sees it, to say what its columns are."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reintegration.kernel import encodings
from reintegration.kernel.text import freed
from vouchers.formats import csv_table
from vouchers.formats.csv_mapping import MOST_COLUMNS, MOST_SKIPPED
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.letters import text_of
from vouchers.formats.problems import StatementFileError

LOOKED_AT = 65_536
"""How many bytes of a file are looked at; the check reads all of it."""
SHOWN_ROWS = 12
_SAMPLES = 3
_LONGEST_SAMPLE = 60
_DELIMITERS = ";,\t|"
_A_DAY = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows by their lines, and how they are split.

    `heading` is the line that names the columns, 0 where none does; `first` that of the first row
    below. `is_whole` tells that the file is no longer than what was looked at.
    """

    text: str
    rows: Sequence[tuple[int, list[str]]]
    delimiter: str
    heading: int
    first: int
    is_whole: bool

    @property
    def cells(self) -> list[str]:
        """Return the names of the columns; empty ones where no row names them."""
        named = dict(self.rows).get(self.heading, [])
        return [*named, *[""] * (self.width - len(named))]

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        found = dict(self.rows)
        row = found.get(self.heading) or found.get(self.first) or []
        return min(len(row), MOST_COLUMNS)

    @property
    def samples(self) -> list[list[str]]:
        """Return the first values of each column that has any."""
        below = [cells for number, cells in self.rows if number >= self.first]
        columns = ([row[place] for row in below if place < len(row)] for place in range(self.width))
        return [
            [cell[:_LONGEST_SAMPLE] for cell in column if cell][:_SAMPLES] for column in columns
        ]


def look(
    head: bytes,
    *,
    is_whole: bool,
    encoding: str | None = None,
    delimiter: str | None = None,
    heading: int | None = None,
    first: int | None = None,
) -> Look:
    """Return how a file begins, split as a person said; what was not said is a guess.

    Raises StatementFileError where it is no text, or no table.
    """
    text = text_of(head, encoding) if encoding else _likeliest(head)
    lines = text.splitlines()
    chosen = delimiter or _likely_delimiter(lines)
    rows = [
        (number, [cell.strip() for cell in csv_table.split(line, chosen)])
        for number, line in enumerate(lines[: 2 * MOST_SKIPPED], start=1)
        if line.strip()
    ]
    named = _likely_heading(rows) if heading is None else heading
    below = first if first is not None and first > named else _first_below(rows, named)
    found = Look(text, rows, chosen, named, below, is_whole)
    if found.width <= 1:
        raise StatementFileError("unknown_format")
    return found


def _likeliest(head: bytes) -> str:
    try:
        return freed(encodings.readings(head)[0].text, lines=True)
    except encodings.Unreadable as error:
        raise StatementFileError(error.code, **error.params) from None


def _likely_delimiter(lines: Sequence[str]) -> str:
    """Return the sign that splits most lines into equally many cells."""

    def evenness(sign: str) -> tuple[int, int]:
        widths = Counter(len(csv_table.split(line, sign)) for line in lines[:40] if line.strip())
        width, count = max(widths.items(), key=lambda one: (one[1] * (one[0] > 1), one[0]))
        return count * (width > 1), width

    return max(_DELIMITERS, key=evenness) if any(map(str.strip, lines[:40])) else ";"


def _likely_heading(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return the line that names the columns: known names, or words right above the first day."""
    profile = CsvProfile()
    for number, cells in rows:
        if csv_table.names_all(cells, profile):
            return number
    place = next((at for at, (_, cells) in enumerate(rows) if _has_day(cells)), None)
    if place is None:
        return rows[0][0] if rows else 0
    width = len(rows[place][1])
    above = [(number, cells) for number, cells in rows[:place] if len(cells) == width]
    return next((number for number, cells in reversed(above) if _is_worded(cells)), 0)


def _has_day(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and any(_A_DAY.match(cell) for cell in cells)


def _is_worded(cells: Sequence[str]) -> bool:
    return any(letter.isalpha() for cell in cells for letter in cell)


def _first_below(rows: Sequence[tuple[int, list[str]]], heading: int) -> int:
    """Return the first line below that has a day, or the next one where none has."""
    below = [(number, cells) for number, cells in rows if number > heading]
    dated = (number for number, cells in below if _has_day(cells))
    return next(dated, below[0][0] if below else heading + 1)


def head_of(data: bytes) -> bytes:
    """Return whole lines of the beginning of a file."""
    if len(data) < LOOKED_AT:
        return data
    whole = data.rpartition(b"\n")[0] or data
    return whole[: len(whole) // 2 * 2] if encodings.is_wide(data) else whole
