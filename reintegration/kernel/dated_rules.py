"""Rules of the programme that an institution sets: a value that holds from a day on.

Whoever decides something by such a rule declares it beside the decision, with the value that holds
until the institution sets another, and asks what held on the day of the act: `LIMIT.on(day)`. A
value is proposed by one person and approved by another before its first day begins
(`reintegration.rulebook`), so what holds on a day never changes on that day or after it.

The approved values are kept in this process as one `Book`. The database names its edition, by the
statement that says for whom a transaction acts; where that is another one, they are read anew.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Select, text
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Role
from reintegration.kernel.bounded import count
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.hooks import Change
from reintegration.kernel.rule_kinds import Kind
from reintegration.kernel.words import Worded

T = TypeVar("T")
Preview = Callable[[Session, "Coming[Any]"], list[Change]]


class Area(Worded):
    """What a rule is about: the headings of the rulebook."""

    CASES = N_("Cases and plans")
    PROVIDERS = N_("Providers and requests")
    VOUCHERS = N_("Vouchers and deliveries")
    MONEY = N_("Payments and books")
    ACCESS = N_("People who work here")
    LISTS = N_("Lists and texts")


class Version(NamedTuple):
    """A value that was approved, and its first day."""

    first_day: date
    stored: Any
    id: UUID


@dataclass(frozen=True, slots=True)
class Coming(Generic[T]):
    """A value that is proposed: what it would replace from `first_day` on.

    `entry` names the entry of a list; `before` is None for a new one.
    """

    entry: str
    before: Any
    after: T
    first_day: date


@dataclass(frozen=True, slots=True)
class Book:
    """All approved values of one edition, each with what it was read as."""

    edition: UUID | None = None
    versions: Mapping[tuple[str, str], tuple[Version, ...]] = field(default_factory=dict)
    _known: dict[UUID, Any] = field(default_factory=dict)

    def held(self, code: str, entry: str, day: date) -> Version | None:
        """Return the value that somebody approved for `day`; None: still the first one."""
        listed = self.versions.get((code, entry), ())
        place = bisect_right(listed, day, key=lambda one: one.first_day)
        return listed[place - 1] if place else None

    def entries(self, code: str) -> Iterator[str]:
        """Return the entries of a list that somebody approved a value for."""
        return (entry for rule, entry in self.versions if rule == code)

    def read(self, version: Version, kind: Kind[T]) -> T:
        """Return what a version says, read once."""
        if version.id not in self._known:
            self._known[version.id] = kind.read(version.stored)
        found: T = self._known[version.id]
        return found


LOOKED_BACK = timedelta(days=90)
"""Of which time a preview says what would have gone another way."""
_book = Book()
_declared: "dict[str, Dated[Any]]" = {}
_APPROVED = text("SELECT code, entry, first_day, value AS stored, id FROM punte_rules()")


def hear(connection: Connection, edition: UUID) -> None:
    """Learn which edition the database has; read what was approved where it is another one."""
    global _book  # noqa: PLW0603 - one process has one database
    if edition == _book.edition:
        return
    found: dict[tuple[str, str], list[Version]] = {}
    for row in connection.execute(_APPROVED):
        found.setdefault((row.code, row.entry), []).append(
            Version(row.first_day, row.stored, row.id)
        )
    _book = Book(edition, {key: tuple(listed) for key, listed in found.items()})


def declared() -> "Mapping[str, Dated[Any]]":
    """Return every rule of the features that are loaded, by its code."""
    return _declared


def stood(day: date, *rules: "DatedRule[Any]") -> dict[str, Any]:
    """Return which values judged an act of `day`, to be kept with it in the trail."""
    return {"rules": {rule.code: rule.kind.stored(rule.on(day)) for rule in rules}}


def stood_in(
    day: date, listed: "DatedList[Any]", entry: str, *rules: "DatedRule[Any]"
) -> dict[str, Any]:
    """Return which entry of a list judged an act of `day`, beside `rules`, to be kept with it.

    `version` is the id of what somebody approved; None: what came with Punte.
    """
    found = listed.version(day, entry)
    value = listed.held(day, entry)
    said = None if value is None else listed.kind.stored(value)
    return {
        "rules": {f"{listed.code}/{entry}": said, **stood(day, *rules)["rules"]},
        "version": None if found is None else str(found.id),
    }


@dataclass(frozen=True, eq=False, kw_only=True)
class Dated(ABC, Generic[T]):
    """What rules and lists have in common; `says` is what is decided by it, in a sentence.

    `decided_by` approves: a supervisor what touches people, a finance approver what touches money.
    """

    code: str
    title: str
    says: str
    area: Area
    decided_by: Role
    kind: Kind[T]
    sample: "Callable[[str, T], list[tuple[str, str]]] | None" = None
    """How a value of an entry reads, in the three languages, filled with what is invented."""
    _previews: list[Preview] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.code in _declared:
            raise ValueError(f"two rules are called {self.code}")
        _declared[self.code] = self

    def preview_with(self, preview: Preview) -> None:
        """Say what would change, for whoever approves; saying it twice counts once."""
        if preview not in self._previews:
            self._previews.append(preview)

    def would_change(self, session: Session, coming: Coming[T]) -> list[Change]:
        """Return what a value that is proposed would change."""
        return [one for preview in self._previews for one in preview(session, coming) if one.count]

    @property
    def is_previewed(self) -> bool:
        """Whether somebody says what would change."""
        return bool(self._previews)

    def check(self, value: T, field: str, entry: str = "") -> None:
        """Raise Invalid, at `field` or a part of it, for a value that no institution can mean."""
        del entry
        self.kind.check(value, field)

    def version(self, day: date, entry: str = "") -> Version | None:
        """Return what somebody approved for `day`; None: it holds since the beginning."""
        return _book.held(self.code, entry, day)

    def read(self, version: Version) -> T:
        """Return the value of a version."""
        return _book.read(version, self.kind)

    @abstractmethod
    def at_first(self, entry: str = "") -> T | None:
        """Return what holds until somebody approves something else."""

    def entries_on(self, day: date) -> Iterable[str]:
        """Return the entries of a list on `day`; a rule that is one value has one without name."""
        del day
        return ("",)

    def held(self, day: date, entry: str = "") -> T | None:
        """Return what holds on `day`; None for an entry that there is not."""
        found = self.version(day, entry)
        return self.at_first(entry) if found is None else self.read(found)


@dataclass(frozen=True, eq=False, kw_only=True)
class DatedRule(Dated[T]):
    """One value: a limit, a time, an allowance."""

    initially: T

    def at_first(self, entry: str = "") -> T:
        """Return what holds until somebody approves something else."""
        del entry
        return self.initially

    def on(self, day: date) -> T:
        """Return what holds on `day`."""
        found = self.version(day)
        return self.initially if found is None else self.read(found)

    def periods(self) -> list[tuple[date | None, T]]:
        """Return each value with its first day, the earliest first; None: since the beginning."""
        listed = _book.versions.get((self.code, ""), ())
        return [(None, self.initially), *((one.first_day, self.read(one)) for one in listed)]

    def today(self) -> T:
        """Return what holds now: for pages that say it; an act asks for its own day."""
        return self.on(local_day(now()))


@dataclass(frozen=True, eq=False, kw_only=True)
class DatedList(Dated[T]):
    """Many values of a kind, each under a code of its own: an entry is added or changed.

    An entry is never taken away, as rows name it: its value says whether it is still `in_use`.
    Where the entries are `fixed`, each has its marked words there, and nobody adds another one.
    `fits` raises Invalid for a code or a value that no entry, or not this one, can have. `stays`
    names the parts that no later value of an entry changes: what was done goes by them.
    """

    initially: Mapping[str, T]
    fixed: Mapping[str, str] | None = None
    fits: Callable[[str, T, str], None] = lambda _entry, _value, _field: None
    stays: tuple[str, ...] = ()

    def check(self, value: T, field: str, entry: str = "") -> None:
        """Raise Invalid, at `field`, a part of it or `entry`, for what this entry cannot be."""
        super().check(value, field)
        if self.fixed is not None and entry not in self.fixed:
            raise Invalid(N_("Nobody adds an entry to this list."), field="entry")
        self.fits(entry, value, field)

    def known(self) -> frozenset[str]:
        """Return the code of every entry that somebody ever approved, or that came with Punte."""
        return frozenset([*self.initially, *_book.entries(self.code)])

    def at_first(self, entry: str = "") -> T | None:
        """Return what holds until somebody approves something else."""
        return self.initially.get(entry)

    def knows(self, entry: str) -> bool:
        """Whether there is, or will be, an entry of this code."""
        return entry in self.initially or (self.code, entry) in _book.versions

    def said(self, day: date, entry: str) -> T:
        """Return what an entry says on `day`; of one that begins later, what it will say first.

        Raises LookupError for one that nobody approved.
        """
        found = self.held(day, entry)
        if found is not None:
            return found
        coming = _book.versions.get((self.code, entry))
        if coming is None:
            raise LookupError(f"{self.code} has no entry {entry!r}")
        return self.read(coming[0])

    def entries_on(self, day: date) -> Iterable[str]:
        """Return the codes of what there is on `day`."""
        return self.on(day)

    def on(self, day: date) -> dict[str, T]:
        """Return every entry that there is on `day`, those that came with Punte first."""
        known = dict.fromkeys([*self.initially, *_book.entries(self.code)])
        found = ((entry, self.held(day, entry)) for entry in known)
        return {entry: value for entry, value in found if value is not None}


def counting(message: str, rows: Callable[["Coming[Any]", datetime], Select[Any]]) -> Preview:
    """Return the preview that says how many rows a value would touch, as far as somebody reads.

    `message` holds `%(count)s`; `rows` gets what comes and the instant from which it looks back.
    """

    def preview(session: Session, coming: Coming[Any]) -> list[Change]:
        found = count(session, rows(coming, now() - LOOKED_BACK))
        return [Change(message, found, {})]

    return preview


def rules_of(area: Area) -> Iterable[Dated[Any]]:
    """Return the rules under one heading, in the order in which they were declared."""
    return [one for one in _declared.values() if one.area == area]
