"""What a rule of the programme can be: days, an amount in each currency, a choice, names.

A kind says how a value is stored as JSON and read again, and within which bounds it stays. Forms
and pages know the kinds (`reintegration.rulebook`); whoever declares a rule chooses one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from reintegration.kernel.clock import local_day, now
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money import Money

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Made = TypeVar("Made")
Code = TypeVar("Code", bound=StrEnum)
LANGUAGES = ("ro", "ru", "en")
"""In which every name is written: `reintegration.codelists.languages.Locale` holds the same."""


class Kind(Protocol[T]):
    """How a value is kept; `check` raises Invalid for one that no institution can mean."""

    def stored(self, value: T) -> Any:
        """Return the value as JSON."""
        ...

    def read(self, stored: Any) -> T:
        """Return the value that was stored; raise ValueError, KeyError or TypeError for another."""
        ...

    def check(self, value: T, field: str) -> None:
        """Raise Invalid, at `field`, where the value is out of bounds."""
        ...


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def stored(self, value: int) -> Any:
        """Return the number."""
        return value

    def read(self, stored: Any) -> int:
        """Return the number."""
        return int(stored)

    def check(self, value: int, field: str) -> None:
        """Raise Invalid outside of the bounds."""
        _within(value, self.least, self.most, field)


@dataclass(frozen=True, slots=True)
class Days:
    """A time in whole days."""

    least: int
    most: int

    def stored(self, value: timedelta) -> Any:
        """Return the number of days."""
        return value.days

    def read(self, stored: Any) -> timedelta:
        """Return the time."""
        return timedelta(days=int(stored))

    def check(self, value: timedelta, field: str) -> None:
        """Raise Invalid outside of the bounds."""
        _within(value.days, self.least, self.most, field)


@dataclass(frozen=True, slots=True)
class Hours:
    """A time in whole hours."""

    least: int
    most: int

    def stored(self, value: timedelta) -> Any:
        """Return the number of hours."""
        return round(value / timedelta(hours=1))

    def read(self, stored: Any) -> timedelta:
        """Return the time."""
        return timedelta(hours=int(stored))

    def check(self, value: timedelta, field: str) -> None:
        """Raise Invalid outside of the bounds."""
        _within(round(value / timedelta(hours=1)), self.least, self.most, field)


@dataclass(frozen=True, slots=True)
class Stages:
    """Days before an end at which somebody is told, the longest first: `(30, 7)`."""

    most: int
    at_most: int = 4

    def stored(self, value: tuple[int, ...]) -> Any:
        """Return the numbers."""
        return list(value)

    def read(self, stored: Any) -> tuple[int, ...]:
        """Return the numbers, the highest first."""
        return tuple(sorted({int(one) for one in stored}, reverse=True))

    def check(self, value: tuple[int, ...], field: str) -> None:
        """Raise Invalid for none, for too many, and outside of the bounds."""
        if not 0 < len(value) <= self.at_most:
            raise Invalid(
                N_("Name between one and %(most)s numbers of days."), field=field, most=self.at_most
            )
        for days in value:
            _within(days, 1, self.most, field)


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount in each of these currencies, at most `most` minor units."""

    currencies: tuple[str, ...]
    most: int = 1_000_000_000

    def stored(self, value: Mapping[str, Money]) -> Any:
        """Return the minor units of each currency."""
        return {currency: value[currency].minor for currency in self.currencies}

    def read(self, stored: Any) -> dict[str, Money]:
        """Return the amounts."""
        return {one: Money(int(stored[one]), one) for one in self.currencies}

    def check(self, value: Mapping[str, Money], field: str) -> None:
        """Raise Invalid where a currency has none, or it is out of bounds."""
        for currency in self.currencies:
            amount = value.get(currency, Money(-1, currency))
            if not 0 <= amount.minor <= self.most:
                raise Invalid(
                    N_("Enter an amount from 0 to %(most)s."),
                    field=f"{field}_{currency.lower()}",
                    most=Money(self.most, currency),
                )


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in one currency."""

    currency: str
    most: int = 1_000_000_000

    def stored(self, value: Money) -> Any:
        """Return the minor units."""
        return value.minor

    def read(self, stored: Any) -> Money:
        """Return the amount."""
        return Money(int(stored), self.currency)

    def check(self, value: Money, field: str) -> None:
        """Raise Invalid outside of the bounds."""
        if not 0 <= value.minor <= self.most:
            raise Invalid(
                N_("Enter an amount from 0 to %(most)s."),
                field=field,
                most=Money(self.most, self.currency),
            )


@dataclass(frozen=True, slots=True)
class Yes:
    """Yes or no."""

    def stored(self, value: bool) -> Any:
        """Return it."""
        return value

    def read(self, stored: Any) -> bool:
        """Return it."""
        return bool(stored)

    def check(self, value: bool, field: str) -> None:
        """Accept both."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[Code]):
    """One of a code list."""

    codes: type[Code]

    def stored(self, value: Code) -> Any:
        """Return the code."""
        return str(value)

    def read(self, stored: Any) -> Code:
        """Return the member."""
        return self.codes(stored)

    def check(self, value: Code, field: str) -> None:
        """Accept each member."""


@dataclass(frozen=True, slots=True)
class Some(Generic[Code]):
    """Any of a code list; none where `may_be_none`."""

    codes: type[Code]
    may_be_none: bool = True

    def stored(self, value: Iterable[Code]) -> Any:
        """Return the codes, in the order of their list."""
        chosen = set(value)
        return [str(code) for code in self.codes if code in chosen]

    def read(self, stored: Any) -> frozenset[Code]:
        """Return the members."""
        return frozenset(self.codes(one) for one in stored)

    def check(self, value: frozenset[Code], field: str) -> None:
        """Raise Invalid where one must be chosen and none is."""
        if not value and not self.may_be_none:
            raise Invalid(N_("Choose at least one."), field=field)


class _Named(Protocol):
    """A code of a list that an institution keeps, as far as a kind knows it."""

    def is_in_use(self, day: date) -> bool:
        """Whether it can be chosen on `day`."""
        ...


Kept = TypeVar("Kept", bound=_Named)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Kept]):
    """An entry of another list, by its code."""

    codes: type[Kept]

    def stored(self, value: Kept) -> Any:
        """Return the code."""
        return str(value)

    def read(self, stored: Any) -> Kept:
        """Return the code, which knows its list; raise ValueError for none of it."""
        return self.codes(stored)  # type: ignore[call-arg]  # a code is made from its text

    def check(self, value: Kept, field: str) -> None:
        """Raise Invalid for an entry that is out of use."""
        if not value.is_in_use(local_day(now())):
            raise Invalid(N_("Choose one that is in use."), field=field)


@dataclass(frozen=True, slots=True)
class Texts:
    """A name or a text in all three languages. `lines`: it may have several lines."""

    longest: int = 100
    lines: bool = False

    def stored(self, value: Mapping[str, str]) -> Any:
        """Return the text of each language."""
        return {language: value[language] for language in LANGUAGES}

    def read(self, stored: Any) -> dict[str, str]:
        """Return the text of each language."""
        return {language: str(stored[language]) for language in LANGUAGES}

    def check(self, value: Mapping[str, str], field: str) -> None:
        """Raise Invalid where a language has none, or one is too long."""
        for language in LANGUAGES:
            text = value.get(language, "").strip()
            if not text:
                raise Invalid(
                    N_("Write it in Romanian, Russian and English: people read it in each."),
                    field=f"{field}_{language}",
                )
            if len(text) > self.longest:
                raise Invalid(
                    N_("Write at most %(most)s letters."),
                    field=f"{field}_{language}",
                    most=self.longest,
                )


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of short texts, the same one in each of the three languages; it may be empty."""

    most: int
    longest: int = 160

    def stored(self, value: Mapping[str, tuple[str, ...]]) -> Any:
        """Return the lines of each language."""
        return {language: list(value[language]) for language in LANGUAGES}

    def read(self, stored: Any) -> dict[str, tuple[str, ...]]:
        """Return the lines of each language."""
        return {language: tuple(map(str, stored[language])) for language in LANGUAGES}

    def check(self, value: Mapping[str, tuple[str, ...]], field: str) -> None:
        """Raise Invalid for too many, for one too long, or where a language has another number."""
        first = len(value[LANGUAGES[0]])
        for language in LANGUAGES:
            at, lines = f"{field}_{language}", value[language]
            if len(lines) > self.most:
                raise Invalid(N_("Write at most %(most)s lines."), field=at, most=self.most)
            if len(lines) != first:
                raise Invalid(
                    N_("Write as many lines in each language: there are %(first)s and %(here)s."),
                    field=at,
                    first=first,
                    here=len(lines),
                )
            if any(len(line) > self.longest for line in lines):
                raise Invalid(
                    N_("Write at most %(most)s letters in a line."), field=at, most=self.longest
                )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a record: its word, and what it can be."""

    label: str
    kind: "Kind[Any]"
    hint: str = ""


class Record(Generic[Made]):
    """Several values together, kept as a dataclass with the same names.

    `whole` raises Invalid where parts that are right alone do not go together.
    """

    def __init__(
        self,
        make: type[Made],
        parts: Mapping[str, Part],
        whole: Callable[[Made, str], None] = lambda _made, _field: None,
    ) -> None:
        named = [one.name for one in fields(make)]  # type: ignore[arg-type]
        if set(named) != set(parts):
            raise ValueError(f"{make.__name__} has {named}, its record {list(parts)}")
        self.make, self.parts, self._whole = make, dict(parts), whole

    def stored(self, value: Made) -> Any:
        """Return each part as JSON."""
        return {name: part.kind.stored(getattr(value, name)) for name, part in self.parts.items()}

    def read(self, stored: Any) -> Made:
        """Return the record."""
        return self.make(
            **{name: part.kind.read(stored[name]) for name, part in self.parts.items()}
        )

    def check(self, value: Made, field: str) -> None:
        """Check each part, and whether they go together."""
        for name, part in self.parts.items():
            part.kind.check(getattr(value, name), f"{field}_{name}")
        self._whole(value, field)


def _within(number: int, least: int, most: int, field: str) -> None:
    if not least <= number <= most:
        raise Invalid(
            N_("Enter a number from %(least)s to %(most)s."), field=field, least=least, most=most
        )
