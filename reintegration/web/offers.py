"""Choosing out of a table that may be long: the first are offered, and words find the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session
from wtforms import SelectField

from reintegration.web.forms import option

MOST = 100


class HasId(Protocol):
    """A row that is chosen by its id."""

    @property
    def id(self) -> Any:
        """Return the id."""


Row = TypeVar("Row", bound=HasId)


@dataclass(frozen=True, slots=True)
class Offer(Generic[Row]):
    """What can be chosen; `more` tells that the table has more than is offered."""

    rows: Sequence[Row]
    more: bool

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def offered(
    session: Session,
    statement: Select[Row],
    key: InstrumentedAttribute[UUID],
    *,
    chosen: object = None,
) -> Offer[Row]:
    """Return the first rows of `statement`, and the `chosen` one, if it is one of its rows."""
    found: list[Any] = list(session.scalars(statement.limit(MOST + 1)).unique())
    rows = found[:MOST]
    if chosen and str(chosen) not in {str(row.id) for row in rows}:
        rows += _named(session, statement, key, str(chosen))
    return Offer(rows, more=len(found) > MOST)


class OfferedField(SelectField):
    """One row of a table; `more` tells the page to ask for words that narrow the choice."""

    more = False

    def offer(self, found: Offer[Row], says: Callable[[Row], object], *, first: object) -> None:
        """Let the rows be chosen, each as it `says`; `first` stands for no row."""
        self.more = found.more
        self.choices = [option("", first), *(option(row.id, says(row)) for row in found)]


def _named(
    session: Session, statement: Select[Row], key: InstrumentedAttribute[UUID], chosen: str
) -> Sequence[Any]:
    try:
        return session.scalars(statement.where(key == UUID(chosen))).unique().all()
    except ValueError:
        return ()
