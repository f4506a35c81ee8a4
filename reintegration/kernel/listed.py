"""Codes of a list that an institution keeps: text that knows what its entry says today.

An enumeration is what a programmer decides; its twin here is a `DatedList`. Both are written and
read in the same way: `for kind in ProofKind`, `ProofKind("pin")`, `Mapped[ProofKind]`. A column of
such a code is held to the list by a foreign key: the database keeps the codes in a table of one
column, into which an entry that is approved comes in the same transaction.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Self, TypeVar, cast

from reintegration.kernel.clock import local_day, now
from reintegration.kernel.dated_rules import DatedList
from reintegration.kernel.reader import in_words_of_reader

One = TypeVar("One")


class _Walked(type):
    """Lets a list of codes be walked as an enumeration is."""

    def __iter__(cls: type[One]) -> Iterator[One]:
        """Yield every code that holds today, those out of use as well."""
        codes: Any = cls
        return map(codes.stored, codes.entries.on(local_day(now())))


class Listed(str, metaclass=_Walked):
    """A code of `entries`; any other text raises ValueError. `kept_in` is the table of the codes.

    What an entry says has a `name` in three languages and whether it is `in_use`.
    """

    __slots__ = ()
    entries: ClassVar[DatedList[Any]]
    kept_in: ClassVar[str]

    def __new__(cls, code: str) -> Self:
        """Make the code of an entry that somebody approved, or that came with Punte."""
        if not cls.entries.knows(code):
            raise ValueError(f"{code!r} is no code of {cls.__name__}")
        return cls.stored(code)

    @classmethod
    def stored(cls, code: str) -> Self:
        """Return the code as a row has it: what was written once is read for good."""
        return str.__new__(cls, code)

    @classmethod
    def offered(cls) -> list[Self]:
        """Return what can be chosen today."""
        day = local_day(now())
        return [cls.stored(code) for code, said in cls.entries.on(day).items() if said.in_use]

    def on(self, day: date) -> Any:
        """Return what the entry says on `day`; of one that begins later, what it will say first."""
        return self.entries.said(day, self)

    @property
    def today(self) -> Any:
        """Return what the entry says today: for pages; an act asks for its own day."""
        return self.on(local_day(now()))

    @property
    def label(self) -> str:
        """Return the name of today, in the reader's language."""
        return in_words_of_reader(self.today.name)

    def is_in_use(self, day: date) -> bool:
        """Whether it can be chosen on `day`."""
        said = self.entries.held(day, self)
        return said is not None and bool(said.in_use)


def listed(kind: object) -> type[Listed] | None:
    """Return the list of codes that an annotation names, or None."""
    return cast("type[Listed]", kind) if isinstance(kind, _Walked) else None
