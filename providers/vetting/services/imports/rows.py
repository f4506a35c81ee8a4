"""A table into rows that can be written, or into errors with row, column and a sentence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from providers.directory.queries.checklists import read_identifier
from providers.directory.states import (
    LONGEST_LOCALITY,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_SITE,
    Jurisdiction,
)
from providers.vetting.services.imports.vocabulary import HEADERS, JURISDICTION_WORDS
from reintegration.codelists.people import SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spellings import (
    SEX_POLICY_WORDS,
    UNIT_WORDS,
    category_words,
    spoken_words,
)
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.text import plain
from reintegration.kernel.words import member_of
from reintegration.web.table_cells import CellError, Cells, Checked, head_of
from reintegration.web.table_reading import Table

REQUIRED = (
    "organisation",
    "identifier",
    "site",
    "territorial_unit",
    "category",
    "service",
    "price",
)
_TOLD = (
    *("row", "organisation", "identifier", "site", "territorial_unit"),
    *("category", "service"),
)


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


def from_json(kept: Mapping[str, Any]) -> ImportRow:
    """Return a row that a task kept."""
    return ImportRow(**{**kept, "languages": tuple(kept["languages"])})


def check(table: Table) -> Checked[ImportRow]:
    """Return what can be written and what cannot; an unusable head is an error of row 1."""
    head = head_of(table, HEADERS, REQUIRED)
    if head.problems:
        return Checked(len(table.rows), (), head.problems, head.ignored, table.notes)
    rows: list[ImportRow] = []
    errors: list[CellError] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    names: dict[str, tuple[str, int]] = {}
    categories, offered = category_words(), frozenset(ServiceCategory.offered())
    languages = spoken_words()
    for number, cells in table.rows:
        reader = _RowReader(number, head, cells)
        reader.categories, reader.offered, reader.languages = categories, offered, languages
        row = reader.read()
        if row is not None:
            reader.compare(row, seen, names)
        errors.extend(reader.errors)
        if row is not None and not reader.errors:
            rows.append(row)
            seen[row.key] = number
            names.setdefault(row.identifier, (row.organisation, number))
    return Checked(len(table.rows), tuple(rows), tuple(errors), head.ignored, table.notes)


class _RowReader(Cells):
    """Reads the cells of one row and collects everything that is wrong with them."""

    required = REQUIRED
    whose = "organisation"
    categories: Mapping[str, str]
    offered: frozenset[str]
    languages: Mapping[str, str]

    def read(self) -> ImportRow | None:
        """Return the row, or None when a cell is wrong."""
        category = self._category()
        jurisdiction = self.word(
            "jurisdiction",
            JURISDICTION_WORDS,
            N_("Write right bank, left bank or abroad."),
            Jurisdiction.RIGHT_BANK,
        )
        price, currency = self._price()
        low, high = self._ages()
        row = ImportRow(
            row=self.row,
            organisation=self.called("organisation", limit=LONGEST_NAME),
            identifier=self._identifier(jurisdiction),
            jurisdiction=jurisdiction,
            email=self.email("email"),
            phone=self.text("phone", limit=LONGEST_PHONE),
            site=self.text("site", limit=LONGEST_SITE),
            territorial_unit=self.district("territorial_unit"),
            locality=self.text("locality", limit=LONGEST_LOCALITY),
            address=self.text("address"),
            confidential=self.yes("confidential"),
            category=category,
            service=self.text("service", limit=LONGEST_NAME),
            unit=self.word(
                "unit",
                UNIT_WORDS,
                N_("No such unit: “%(text)s”."),
                ServiceCategory(category).unit if category else "",
            ),
            price_minor=price,
            currency=currency,
            languages=self._languages(),
            sex_policy=self.word(
                "sex_policy", SEX_POLICY_WORDS, N_("Write everyone, women or men."), SexPolicy.ANY
            ),
            min_age=low,
            max_age=high,
            accepts_children=self.yes("accepts_children"),
            capacity=self.number("capacity", 0, 10_000, None),
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
            self.wrong(
                "service", N_("The same service stands in row %(first)s."), first=seen[row.key]
            )
        name, first = names.get(row.identifier, (row.organisation, 0))
        if plain(name) != plain(row.organisation):
            self.wrong(
                "organisation", N_("Row %(first)s has another name for this number."), first=first
            )

    def _category(self) -> str:
        unknown = N_("No such kind of service: “%(text)s”.")
        found = self.word("category", self.categories, unknown)
        if found and found not in self.offered:
            self.wrong("category", N_("This kind of service is out of use."))
        return found

    def _identifier(self, jurisdiction: str) -> str:
        """Return the register's number as it is kept under the law of its provider."""
        text = self.text("identifier")
        law = member_of(Jurisdiction, jurisdiction)
        if not text or law is None:
            return text
        try:
            return read_identifier(text, law, local_day(now()))
        except Invalid as error:
            self.wrong("identifier", error.message, **error.params)
            return ""

    def _price(self) -> tuple[int, str]:
        currency = self.currency("currency")
        price = self.money("price", currency)
        if price is not None and price.minor <= 0:
            self.wrong("price", N_("The price must be above zero."))
        return (price.minor if price is not None else 0), currency

    def _ages(self) -> tuple[int, int]:
        low, high = self.number("min_age", 0, 120, 0), self.number("max_age", 0, 120, 120)
        if high < low:
            self.wrong("max_age", N_("The highest age is below the lowest."))
        return low, high

    def _languages(self) -> tuple[str, ...]:
        unknown = N_("No such language here: “%(text)s”.")
        return self.words("languages", self.languages, unknown) or ("ro",)
