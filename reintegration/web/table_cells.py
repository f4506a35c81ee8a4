"""Cells of a table that came in: each into a value, or into an error with its row and column.

A reader of one kind of file says which columns it knows and asks its cells by their names; what is
wrong with a row is collected, so that all of it is said at once.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from openpyxl.utils import get_column_letter

from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.spellings import YES_WORDS
from reintegration.codelists.territorial_units import find_unit
from reintegration.kernel import amounts, dates
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money import Money
from reintegration.kernel.text import EMAIL, LONGEST_EMAIL, LONGEST_TEXT, plain
from reintegration.web.table_files import is_harmless_form
from reintegration.web.table_reading import FORMULA, Note, Table

LONGEST_CELL = 200
_SHOWN = 60
_MOST_DIGITS = 9
_FORMULA_HERE = N_("A formula stands here. Paste its value instead.")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong, where; `column` is the head as it stands in the file.

    `whose` says in the file's own words whose row it is; empty for the head. Row 0 is the whole
    file, and it may have no column.
    """

    row: int
    column: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    whose: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the error as a task keeps it."""
        return asdict(self)

    @property
    def words(self) -> str:
        """Return the sentence in English, for commands and programs."""
        return self.message % self.params if self.params else self.message

    @property
    def line(self) -> str:
        """Return where it is and the sentence, as a command says it."""
        row = f"row {self.row}" if self.row else ""
        whose = f"({self.whose})" if self.whose else ""
        where = ", ".join(filter(None, (" ".join(filter(None, (row, whose))), self.column)))
        return f"{where}: {self.words}" if where else self.words


@dataclass(frozen=True, slots=True)
class Checked(Generic[Row]):
    """The valid rows, every error, the columns that nobody knows, and what was not read."""

    total: int
    rows: tuple[Row, ...]
    errors: tuple[CellError, ...]
    ignored: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Where each known column stands; `problems` make the whole table unusable."""

    titles: tuple[str, ...]
    places: Mapping[str, int]
    ignored: tuple[str, ...]
    problems: tuple[CellError, ...]


def head_of(table: Table, known: Mapping[str, str], required: Sequence[str]) -> Head:
    """Return the head of a table; `known` maps plain spellings of titles to columns.

    What a formula would say is not known, so a title that is one makes the table unusable.
    """
    found: dict[str, int] = {}
    ignored: list[str] = []
    problems: list[CellError] = []
    for index, title in enumerate(table.header):
        if title == FORMULA:
            problems.append(CellError(1, get_column_letter(index + 1), _FORMULA_HERE))
            continue
        name = known.get(plain(title))
        if name is None:
            if title:
                ignored.append(title[:_SHOWN])
        elif name in found:
            twice = N_("This column stands twice: as “%(first)s” too.")
            problems.append(CellError(1, title, twice, {"first": table.header[found[name]]}))
        else:
            found[name] = index
    missing = [name for name in required if name not in found]
    problems += [CellError(1, name, N_("This column is missing.")) for name in missing]
    return Head(table.header, found, tuple(ignored), tuple(problems))


class Cells:
    """The cells of one row, and everything that is wrong with them."""

    required: ClassVar[Container[str]] = ()
    whose: ClassVar[str] = ""
    """The column that says whose row it is."""

    def __init__(self, number: int, head: Head, cells: tuple[str, ...]) -> None:
        self.row, self.head, self.cells = number, head, cells
        self.errors: list[CellError] = []

    def raw(self, name: str) -> str:
        """Return what stands there with single blanks; "" where the column is missing."""
        index = self.head.places.get(name)
        if index is None or index >= len(self.cells):
            return ""
        text = " ".join(self.cells[index].split())
        return text[1:] if is_harmless_form(text) else text

    def wrong(self, name: str, message: str, **params: Any) -> None:
        """Note what is wrong with a cell."""
        index = self.head.places.get(name)
        column = self.head.titles[index] if index is not None else name
        whose = self.raw(self.whose)[:LONGEST_CELL].replace(FORMULA, "")
        self.errors.append(CellError(self.row_of(name), column, message, params, whose))

    def row_of(self, name: str) -> int:
        """Return in which row of the file a cell stands."""
        del name
        return self.row

    def text(self, name: str, *, limit: int = LONGEST_CELL) -> str:
        """Return a text; a formula, one that is too long, or none where it must be is wrong."""
        text = self.raw(name)
        if text == FORMULA:
            self.wrong(name, _FORMULA_HERE)
            return ""
        if len(text) > limit:
            self.wrong(name, N_("Longer than %(limit)s characters."), limit=limit)
        if not text and name in self.required:
            self.wrong(name, N_("This cell is empty."))
        return text

    def called(self, name: str, *, limit: int = LONGEST_CELL) -> str:
        """Return a text by which a thing is known again: one of signs alone is wrong."""
        text = self.text(name, limit=limit)
        if text and not plain(text):
            self.wrong(name, N_("Write letters or figures, not signs alone."))
            return ""
        return text

    def word(
        self, name: str, known: Mapping[str, str], message: str, otherwise: str | None = None
    ) -> str:
        """Return the code that a word means; `message` may show the word as `text`."""
        text = self.text(name)
        if not text:
            return otherwise or ""
        found = known.get(plain(text))
        if found is None:
            self.wrong(name, message, text=text[:_SHOWN])
        return found or ""

    def words(self, name: str, known: Mapping[str, str], message: str) -> tuple[str, ...]:
        """Return the codes of several words, each once; `message` may show the wrong one."""
        found: list[str] = []
        for word in self._several(name):
            code = known.get(plain(word))
            if code is None:
                self.wrong(name, message, text=word[:40])
            else:
                found.append(code)
        return tuple(dict.fromkeys(found))

    def district(self, name: str) -> str:
        """Return the code of a district by its name or code."""
        return self._unit(name, self.text(name))

    def districts(self, name: str) -> tuple[str, ...]:
        """Return the codes of several districts, each once."""
        found = [self._unit(name, word) for word in self._several(name)]
        return tuple(dict.fromkeys(filter(None, found)))

    def _unit(self, name: str, text: str) -> str:
        found = find_unit(text)
        if text and found is None:
            self.wrong(name, N_("No such district: “%(text)s”."), text=text[:_SHOWN])
        return found or ""

    def _several(self, name: str) -> list[str]:
        return _split(self.text(name, limit=LONGEST_TEXT))

    def email(self, name: str) -> str:
        """Return what looks like an address for mail."""
        text = self.text(name, limit=LONGEST_EMAIL)
        if text and not EMAIL.match(text):
            self.wrong(name, N_("This is not an e-mail address."))
        return text

    def yes(self, name: str) -> bool:
        """Return whether yes stands there; nothing is no."""
        return self.word(name, YES_WORDS, N_("Write yes or no."), "no") == "yes"

    def number(self, name: str, low: int, high: int, otherwise: Any) -> Any:
        """Return a whole number between two, or `otherwise` where none stands."""
        text = self.text(name)
        if not text:
            return otherwise
        digits = text.lstrip("0") or "0"
        is_number = text.isascii() and text.isdigit() and len(digits) <= _MOST_DIGITS
        if not is_number or not low <= int(digits) <= high:
            between = N_("Write a whole number from %(low)s to %(high)s.")
            self.wrong(name, between, low=low, high=high)
            return otherwise
        return int(digits)

    def day(self, name: str) -> date | None:
        """Return a day as people, programs and workbooks write it."""
        text = self.text(name).removesuffix(" 00:00:00")  # a workbook's day has an hour
        if not text:
            return None
        try:
            return dates.typed(text)
        except Invalid as error:
            self.wrong(name, error.message, **error.params)
            return None

    def currency(self, name: str, otherwise: str = "MDL") -> str:
        """Return one of our currencies."""
        currency = self.text(name).upper() or otherwise
        if currency not in CURRENCIES:
            self.wrong(name, N_("Write MDL, EUR or USD."))
            return otherwise
        return currency

    def money(self, name: str, currency: str) -> Money | None:
        """Return an amount as a person types it; None where none stands or it is none."""
        text = self.text(name)
        if not text:
            return None
        try:
            return amounts.typed(text, currency)
        except Invalid as error:
            self.wrong(name, error.message, **error.params)
            return None


def _split(text: str) -> list[str]:
    for sign in (";", "/", "|", "+"):
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",") if part.strip()]
