"""Counting for a badge: nobody reads beyond 99, so nobody counts beyond.

A count of all rows costs what the table holds; one that stops costs the same for ever.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, Select, SQLColumnExpression, func, literal, select
from sqlalchemy.orm import Session

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


def _counting(
    statement: Select[*tuple[Any, ...]], along: Sequence[SQLColumnExpression[Any]] = ()
) -> ScalarSelect[int]:
    one = statement.with_only_columns(literal(1), maintain_column_froms=True)
    rows = one.order_by(None).order_by(*along).limit(READ + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()
