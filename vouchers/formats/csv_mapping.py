"""What a person said of the columns of a bank's table: kept as it was said, read as a profile."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reintegration.kernel.amounts import Signs
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.words import Worded
from vouchers.formats import csv_table
from vouchers.formats.csv_profile import CsvProfile, Place, direction

MOST_COLUMNS = 60
MOST_SKIPPED = 200


class Meaning(Worded):
    """What a column of a bank's table is."""

    BOOKING_DATE = N_("Day of booking")
    VALUE_DATE = N_("Day of value")
    AMOUNT = N_("Amount")
    DEBIT = N_("Debit: what left")
    CREDIT = N_("Credit: what came in")
    DIRECTION = N_("Direction: a word for in or out")
    CURRENCY = N_("Currency")
    ACCOUNT = N_("Our account")
    COUNTERPARTY_NAME = N_("Name of the other side")
    COUNTERPARTY_IBAN = N_("Account of the other side")
    COUNTERPARTY_CODE = N_("Code of the other side (IDNO)")
    REMITTANCE = N_("Text of the payment")
    END_TO_END_ID = N_("Reference of the payer")
    BANK_REFERENCE = N_("Reference of the bank")


OF_MONEY = frozenset(
    {Meaning.BOOKING_DATE, Meaning.AMOUNT, Meaning.DEBIT, Meaning.CREDIT, Meaning.DIRECTION}
    | {Meaning.CURRENCY, Meaning.ACCOUNT}
)
"""What decides how much moved, which way, where and when: it is chosen, and never preset."""


class DayOrder(Worded):
    """In which order the parts of a day stand."""

    DMY = N_("Day, month, year: 24.11.2026")
    YMD = N_("Year, month, day: 2026-11-24")
    MDY = N_("Month, day, year: 11/24/2026")


_SHAPES = {
    DayOrder.DMY: ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%d-%m-%y"),
    DayOrder.YMD: ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"),
    DayOrder.MDY: ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y"),
}


class Minus(Worded):
    """What a sum below nothing means."""

    OUT = N_("In the column of amounts, a minus is money that left")
    IN = N_("In the column of amounts, a minus is money that came in")
    BACK = N_("Debits stand without a sign; one with a minus is money that came back")
    DEBIT = N_("Every debit stands with a minus")


_OF_AMOUNTS, _OF_DEBITS = frozenset({Minus.OUT, Minus.IN}), frozenset({Minus.BACK, Minus.DEBIT})


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """What each column is (its place, counted from 0), and how the cells are written.

    `heading` are the names of the columns as they stand, none where the file has no such row.
    `skip_first` lines below it (or from the first one on) and `skip_last` rows at the end move no
    money. `encoding` is what a person chose, for files whose letters do not tell it.
    """

    heading: tuple[str, ...]
    width: int
    columns: Mapping[Meaning, int]
    delimiter: str
    decimal: str
    days: DayOrder
    minus: Minus | None = None
    words_out: tuple[str, ...] = ()
    words_in: tuple[str, ...] = ()
    skip_first: int = 0
    skip_last: int = 0
    encoding: str | None = None

    @property
    def print(self) -> str:
        """Return what tells this mapping from every other."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as a row keeps them."""
        return {
            "heading": list(self.heading),
            "width": self.width,
            "columns": {str(meaning): place for meaning, place in self.columns.items()},
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "days": str(self.days),
            "minus": str(self.minus) if self.minus else None,
            "words_out": list(self.words_out),
            "words_in": list(self.words_in),
            "skip_first": self.skip_first,
            "skip_last": self.skip_last,
            "encoding": self.encoding,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "CsvMapping":
        """Return the mapping that a row keeps."""
        return cls(
            heading=tuple(kept["heading"]),
            width=kept["width"],
            columns={Meaning(name): place for name, place in kept["columns"].items()},
            delimiter=kept["delimiter"],
            decimal=kept["decimal"],
            days=DayOrder(kept["days"]),
            minus=Minus(kept["minus"]) if kept["minus"] else None,
            words_out=tuple(kept["words_out"]),
            words_in=tuple(kept["words_in"]),
            skip_first=kept["skip_first"],
            skip_last=kept["skip_last"],
            encoding=kept["encoding"],
        )

    def profile(self, *, name: str, account_iban: str, currency: str) -> CsvProfile:
        """Return how files of an account are read by it."""
        places = {str(meaning): place for meaning, place in self.columns.items()}
        return CsvProfile(
            name=name,
            delimiter=self.delimiter,
            in_doubt=self.encoding,
            signs=Signs(decimal=self.decimal),
            date_formats=_SHAPES[self.days],
            account_iban=account_iban,
            currency=currency,
            place=Place(self.heading, self.width, places, self.skip_first, self.skip_last),
            directions={
                **{direction(word): -1 for word in self.words_out},
                **{direction(word): 1 for word in self.words_in},
            },
            signed_debit=self.minus is Minus.DEBIT,
            storno=self.minus is Minus.BACK,
            minus_came_in=self.minus is Minus.IN,
        )


def mapped(
    meanings: Sequence[Meaning | None],
    *,
    heading: Sequence[str],
    delimiter: str,
    decimal: str,
    days: DayOrder,
    minus: Minus | None,
    words_out: Iterable[str] = (),
    words_in: Iterable[str] = (),
    skip_first: int = 0,
    skip_last: int = 0,
    encoding: str | None = None,
) -> CsvMapping:
    """Return the mapping of what was said of each column; None is one that is not read.

    Raises Invalid, with the column or field that it is about, for what could not be read or could
    be read in two ways.
    """
    columns: dict[Meaning, int] = {}
    for place, meaning in enumerate(meanings):
        if meaning in columns:
            raise Invalid(
                N_("Columns %(first)s and %(second)s are both “%(meaning)s”. Choose one of them."),
                code="column_twice",
                field=f"column_{place}",
                first=columns[meaning] + 1,
                second=place + 1,
                meaning=meaning,
            )
        if meaning is not None:
            columns[meaning] = place
    outs, ins = _words(words_out), _words(words_in)
    _must_be_readable(columns, minus, outs, ins)
    return CsvMapping(
        heading=tuple(heading),
        width=len(meanings),
        columns=columns,
        delimiter=delimiter,
        decimal=decimal,
        days=days,
        minus=None if Meaning.DIRECTION in columns else minus,
        words_out=outs if Meaning.DIRECTION in columns else (),
        words_in=ins if Meaning.DIRECTION in columns else (),
        skip_first=skip_first,
        skip_last=skip_last,
        encoding=encoding,
    )


def guess(heading: Sequence[str]) -> list[Meaning | None]:
    """Return what each column may be by its name alone: a guess, which a person confirms."""
    known = csv_table.columns_named(heading, CsvProfile())
    found: list[Meaning | None] = [None] * len(heading)
    for name, place in known.items():
        found[place] = found[place] or Meaning(name)
    return found


def _words(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bare for word in said if (bare := word.strip())))


def _must_be_readable(
    columns: Mapping[Meaning, int],
    minus: Minus | None,
    words_out: Sequence[str],
    words_in: Sequence[str],
) -> None:
    amount, debit, credit = (
        one in columns for one in (Meaning.AMOUNT, Meaning.DEBIT, Meaning.CREDIT)
    )
    if Meaning.BOOKING_DATE not in columns:
        raise Invalid(N_("Say which column is the day of booking."), code="no_day")
    if amount == (debit or credit) or debit != credit:
        raise Invalid(
            N_("Say which column is the amount, or which two are debit and credit; not both."),
            code="no_amount",
        )
    if Meaning.DIRECTION in columns:
        _must_direct(words_out, words_in, of_amounts=amount)
    elif minus not in (_OF_AMOUNTS if amount else _OF_DEBITS):
        raise Invalid(
            N_("Say what a minus means in the column of amounts.")
            if amount
            else N_("Say what a minus means in the column of debits."),
            code="minus",
            field="minus",
        )


def _must_direct(words_out: Sequence[str], words_in: Sequence[str], *, of_amounts: bool) -> None:
    if not of_amounts:
        raise Invalid(
            N_("Debit and credit say the direction already: leave out the column of directions."),
            code="direction_twice",
        )
    for field, words in (("words_out", words_out), ("words_in", words_in)):
        if not words:
            raise Invalid(
                N_("Write the words that stand in the column of directions."),
                code="no_words",
                field=field,
            )
    if both := set(map(direction, words_out)) & set(map(direction, words_in)):
        raise Invalid(
            N_("“%(word)s” cannot mean both in and out."),
            code="word_twice",
            field="words_in",
            word=min(both),
        )
