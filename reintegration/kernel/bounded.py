"""Counting for a badge: nobody reads beyond 99, so nobody counts beyond.

A count of all rows costs what the table holds; one that stops costs the same for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, Select, SQLColumnExpression, func, literal, select
from sqlalchemy.orm import Session

from reintegration.kernel.money import Money

Key = TypeVar("Key")
READ = 99
AT_ONCE = 50
"""How many of what waits a page brings, the oldest first: the next come when these are done."""


class Count(int):
    """How many there are, counted as far as somebody reads: one more than that reads `99+`."""

    def __str__(self) -> str:
        return f"{READ}+" if self > READ else super().__repr__()

    def __add__(self, other: int) -> "Count":
        return Count(int(self) + other)

    __radd__ = __add__


def count(session: Session, statement: Select[*tuple[Any, ...]]) -> Count:
    """Return how many rows a statement has, as far as somebody reads."""
    return Count(session.scalar(select(_counting(statement))) or 0)


def count_each(
    session: Session,
    statements: Mapping[Key, Select[*tuple[Any, ...]]],
    *,
    along: Sequence[SQLColumnExpression[Any]] = (),
) -> dict[Key, Count]:
    """Return how many rows each of these has, in one statement.

    `along` names what follows in an index that begins with what is asked for. Without it,
    PostgreSQL expects to meet a hundred rows soon and reads a long table from its beginning, where
    the oldest lie, which nobody waits for any more.
    """
    counted = [_counting(statement, along) for statement in statements.values()]
    row = session.execute(select(*counted)).one()
    return dict(zip(statements, map(Count, row), strict=True))


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits: how many, since when, and what it is worth in each currency.

    Of more than is counted nobody says a sum: it would be that of the oldest only.
    """

    count: Count
    since: date | datetime | None = None
    worth: tuple[Money, ...] = ()


NOTHING = Pile(Count())


def pile(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    *,
    since: SQLColumnExpression[Any],
    worth: tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]] | None = None,
) -> Pile:
    """Return the pile of what a statement finds: `since` is its age, `worth` minor and currency."""
    minor, currency = worth or (literal(0), literal(""))
    rows = (
        statement.with_only_columns(
            since.label("since"),
            minor.label("minor"),
            currency.label("currency"),
            maintain_column_froms=True,
        )
        .order_by(None)
        .order_by(since)
        .limit(READ + 1)
        .subquery()
    )
    found = session.execute(
        select(
            rows.c.currency,
            func.count().label("many"),
            func.min(rows.c.since).label("since"),
            func.sum(rows.c.minor).label("minor"),
        )
        .group_by(rows.c.currency)
        .order_by(func.sum(rows.c.minor).desc(), rows.c.currency)
    ).all()
    if not found:
        return NOTHING
    count = Count(sum(row.many for row in found))
    known = worth is not None and count <= READ
    return Pile(
        count,
        min(row.since for row in found),
        tuple(Money(int(row.minor), row.currency) for row in found) if known else (),
    )


def _counting(
    statement: Select[*tuple[Any, ...]], along: Sequence[SQLColumnExpression[Any]] = ()
) -> ScalarSelect[int]:
    one = statement.with_only_columns(literal(1), maintain_column_froms=True)
    rows = one.order_by(None).order_by(*along).limit(READ + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()
