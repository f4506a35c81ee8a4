"""A table into rows that can be written, or into errors with row, column and a sentence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from providers.directory.queries.checklists import read_identifier
from providers.directory.states import Jurisdiction
from providers.vetting.services.imports.reading import FORMULA, Note, Table
from providers.vetting.services.imports.vocabulary import (
    HEADERS,
    JURISDICTION_WORDS,
    SEX_WORDS,
    UNIT_WORDS,
    YES_WORDS,
    category_words,
    language_words,
)
from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.people import SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import find_unit
from reintegration.kernel import amounts
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.text import plain
from reintegration.kernel.words import member_of

REQUIRED = (
    "organisation",
    "identifier",
    "site",
    "territorial_unit",
    "category",
    "service",
    "price",
)
_LONGEST = 200
_TOLD = (
    *("row", "organisation", "identifier", "site", "territorial_unit"),
    *("category", "service"),
)


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong, where; `column` is the head as it stands in the file.

    `organisation` is whose row it is, as it stands there; empty for the head.
    """

    row: int
    column: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    organisation: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the error as a task keeps it."""
        return asdict(self)

    @property
    def words(self) -> str:
        """Return the sentence in English, for commands and programs."""
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One offering with its site and its provider, checked."""

    row: int
    organisation: str
    identifier: str
    jurisdiction: str
    email: str
    phone: str
    site: str
    territorial_unit: str
    locality: str
    address: str
    confidential: bool
    category: str
    service: str
    unit: str
    price_minor: int
    currency: str
    languages: tuple[str, ...]
    sex_policy: str
    min_age: int
    max_age: int
    accepts_children: bool
    capacity: int | None

    price = MoneyColumns()

    def as_told(self) -> dict[str, Any]:
        """Return the row as programs read it: the district as its code, the price as a decimal."""
        told = {name: getattr(self, name) for name in _TOLD}
        return {**told, "price": f"{self.price.decimal:f}", "currency": self.currency}

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what makes the row the same offering as another."""
        return (self.identifier, self.site, self.category, self.service)

    def as_json(self) -> dict[str, Any]:
        """Return the row as a task keeps it."""
        return {**asdict(self), "languages": list(self.languages)}


@dataclass(frozen=True, slots=True)
class Checked:
    """The valid rows, every error, the columns that nobody knows, and what was not read."""

    total: int
    rows: tuple[ImportRow, ...]
    errors: tuple[CellError, ...]
    ignored: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def from_json(kept: Mapping[str, Any]) -> ImportRow:
    """Return a row that a task kept."""
    return ImportRow(**{**kept, "languages": tuple(kept["languages"])})


def check(table: Table) -> Checked:
    """Return what can be written and what cannot; an unusable head is an error of row 1."""
    columns, ignored, problems = _columns(table.header)
    if problems:
        return Checked(len(table.rows), (), tuple(problems), tuple(ignored), table.notes)
    rows: list[ImportRow] = []
    errors: list[CellError] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    names: dict[str, tuple[str, int]] = {}
    categories, offered = category_words(), frozenset(ServiceCategory.offered())
    for number, cells in table.rows:
        reader = _RowReader(number, columns, cells, table.header, categories, offered)
        row = reader.read()
        if row is not None:
            reader.compare(row, seen, names)
        errors.extend(reader.errors)
        if row is not None and not reader.errors:
            rows.append(row)
            seen[row.key] = number
            names.setdefault(row.identifier, (row.organisation, number))
    return Checked(len(table.rows), tuple(rows), tuple(errors), tuple(ignored), table.notes)


def _columns(header: tuple[str, ...]) -> tuple[dict[str, int], list[str], list[CellError]]:
    found: dict[str, int] = {}
    ignored: list[str] = []
    problems: list[CellError] = []
    for index, title in enumerate(header):
        name = HEADERS.get(plain(title))
        if name is None:
            if title:
                ignored.append(title[:60])
        elif name in found:
            problems.append(
                CellError(
                    1,
                    title,
                    N_("This column stands twice: as “%(first)s” too."),
                    {"first": header[found[name]]},
                )
            )
        else:
            found[name] = index
    problems += [
        CellError(1, name, N_("This column is missing.")) for name in REQUIRED if name not in found
    ]
    return found, ignored, problems


class _RowReader:
    """Reads the cells of one row and collects everything that is wrong with them."""

    def __init__(
        self,
        number: int,
        columns: dict[str, int],
        cells: tuple[str, ...],
        header: tuple[str, ...],
        categories: Mapping[str, str],
        offered: frozenset[str],
    ) -> None:
        self.number, self.columns, self.cells, self.header = number, columns, cells, header
        self.categories, self.offered = categories, offered
        self.errors: list[CellError] = []

    def read(self) -> ImportRow | None:
        """Return the row, or None when a cell is wrong."""
        category = self._category()
        jurisdiction = self._word(
            "jurisdiction",
            JURISDICTION_WORDS,
            N_("Write right bank, left bank or abroad."),
            Jurisdiction.RIGHT_BANK,
        )
        price, currency = self._price()
        low, high = self._ages()
        row = ImportRow(
            row=self.number,
            organisation=self._text("organisation"),
            identifier=self._identifier(jurisdiction),
            jurisdiction=jurisdiction,
            email=self._email(),
            phone=self._text("phone"),
            site=self._text("site"),
            territorial_unit=self._district(),
            locality=self._text("locality"),
            address=self._text("address"),
            confidential=self._yes("confidential"),
            category=category,
            service=self._text("service"),
            unit=self._word(
                "unit",
                UNIT_WORDS,
                N_("No such unit: “%(text)s”."),
                ServiceCategory(category).unit if category else "",
            ),
            price_minor=price,
            currency=currency,
            languages=self._languages(),
            sex_policy=self._word(
                "sex_policy", SEX_WORDS, N_("Write everyone, women or men."), SexPolicy.ANY
            ),
            min_age=low,
            max_age=high,
            accepts_children=self._yes("accepts_children"),
            capacity=self._number("capacity", 0, 10_000, None),
        )
        return None if self.errors else row

    def compare(
        self,
        row: ImportRow,
        seen: Mapping[tuple[str, str, str, str], int],
        names: Mapping[str, tuple[str, int]],
    ) -> None:
        """Note a row that says the same offering again, or another name for one provider."""
        if row.key in seen:
            self._wrong(
                "service", N_("The same service stands in row %(first)s."), first=seen[row.key]
            )
        name, first = names.get(row.identifier, (row.organisation, 0))
        if plain(name) != plain(row.organisation):
            self._wrong(
                "organisation", N_("Row %(first)s has another name for this number."), first=first
            )

    def _raw(self, name: str) -> str:
        index = self.columns.get(name)
        if index is None or index >= len(self.cells):
            return ""
        return " ".join(self.cells[index].split())

    def _wrong(self, name: str, message: str, **params: Any) -> None:
        index = self.columns.get(name)
        column = self.header[index] if index is not None else name
        whose = self._raw("organisation")[:_LONGEST].replace(FORMULA, "")
        self.errors.append(CellError(self.number, column, message, params, whose))

    def _text(self, name: str) -> str:
        text = self._raw(name)
        if text == FORMULA:
            self._wrong(name, N_("A formula stands here. Paste its value instead."))
            return ""
        if len(text) > _LONGEST:
            self._wrong(name, N_("Longer than %(limit)s characters."), limit=_LONGEST)
        if not text and name in REQUIRED:
            self._wrong(name, N_("This cell is empty."))
        return text

    def _word(
        self, name: str, known: Mapping[str, str], message: str, otherwise: str | None = None
    ) -> str:
        text = self._text(name)
        if not text:
            return otherwise or ""
        found = known.get(plain(text))
        if found is None:
            self._wrong(name, message, text=text[:60])
        return found or ""

    def _category(self) -> str:
        found = self._word("category", self.categories, N_("No such kind of service: “%(text)s”."))
        if found and found not in self.offered:
            self._wrong("category", N_("This kind of service is out of use."))
        return found

    def _district(self) -> str:
        text = self._text("territorial_unit")
        found = find_unit(text)
        if text and found is None:
            self._wrong("territorial_unit", N_("No such district: “%(text)s”."), text=text[:60])
        return found or ""

    def _identifier(self, jurisdiction: str) -> str:
        """Return the register's number as it is kept under the law of its provider."""
        text = self._text("identifier")
        law = member_of(Jurisdiction, jurisdiction)
        if not text or law is None:
            return text
        try:
            return read_identifier(text, law, local_day(now()))
        except Invalid as error:
            self._wrong("identifier", error.message, **error.params)
            return ""

    def _email(self) -> str:
        text = self._text("email")
        if text and ("@" not in text[1:-1] or " " in text):
            self._wrong("email", N_("This is not an e-mail address."))
        return text

    def _yes(self, name: str) -> bool:
        return self._word(name, YES_WORDS, N_("Write yes or no."), "no") == "yes"

    def _price(self) -> tuple[int, str]:
        currency = self._text("currency").upper() or "MDL"
        if currency not in CURRENCIES:
            self._wrong("currency", N_("Write MDL, EUR or USD."))
            currency = "MDL"
        text = self._text("price")
        if not text:
            return 0, currency
        try:
            price = amounts.typed(text, currency)
        except Invalid as error:
            self._wrong("price", error.message, **error.params)
            return 0, currency
        if price.minor <= 0:
            self._wrong("price", N_("The price must be above zero."))
        return price.minor, currency

    def _number(self, name: str, low: int, high: int, otherwise: Any) -> Any:
        text = self._text(name)
        if not text:
            return otherwise
        if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high:
            self._wrong(
                name, N_("Write a whole number from %(low)s to %(high)s."), low=low, high=high
            )
            return otherwise
        return int(text)

    def _ages(self) -> tuple[int, int]:
        low, high = self._number("min_age", 0, 120, 0), self._number("max_age", 0, 120, 120)
        if high < low:
            self._wrong("max_age", N_("The highest age is below the lowest."))
        return low, high

    def _languages(self) -> tuple[str, ...]:
        text, known = self._text("languages"), language_words()
        found: list[str] = []
        for word in _split(text):
            code = known.get(plain(word))
            if code is None:
                self._wrong("languages", N_("No such language here: “%(text)s”."), text=word[:40])
            else:
                found.append(code)
        return tuple(dict.fromkeys(found)) or ("ro",)


def _split(text: str) -> list[str]:
    for sign in (";", "/", "|", "+"):
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",") if part.strip()]
