"""Keyset paging: page 1,000 costs what page 1 costs. A cursor names the last row seen."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, cast, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")
PAGE_SIZES = (25, 50, 100)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows; `older` and `newer` are cursors, or None at the ends."""

    rows: Sequence[Row]
    older: str | None
    newer: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(
    session: Session,
    statement: Select[Row],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    cursor: str | None,
    size: int = PAGE_SIZES[0],
    key_of: Callable[[Row], Sequence[Any]] | None = None,
    ascending: bool = False,
) -> Page[Row]:
    """Return a page of `statement`, newest first by `keys` (the last of them unique).

    With `ascending` the smallest key comes first, as in a list by name; `older` is then the way
    on. A cursor that is not one of ours is taken as none: the first page.
    """
    backwards, after = _read(cursor)
    key = tuple_(*keys)
    if after is not None and len(after) == len(keys):
        bound = tuple_(*(_bind(column, value) for column, value in zip(keys, after, strict=True)))
        statement = statement.where(key > bound if backwards != ascending else key < bound)
    else:
        backwards, after = False, None
    order = [column.asc() if backwards != ascending else column.desc() for column in keys]
    found = list(session.scalars(statement.order_by(*order).limit(size + 1)).unique())
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    values = key_of or (lambda row: [getattr(row, column.key) for column in keys])
    has_newer = more if backwards else after is not None
    has_older = True if backwards else more
    return Page(
        rows,
        older=_write(False, values(rows[-1])) if rows and has_older else None,
        newer=_write(True, values(rows[0])) if rows and has_newer else None,
    )


def _write(backwards: bool, values: Sequence[Any]) -> str:
    content = json.dumps([int(backwards), *map(str, values)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[bool, list[str] | None]:
    if not cursor:
        return False, None
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return bool(content[0]), [str(value) for value in content[1:]]
    except (binascii.Error, ValueError, LookupError, TypeError):
        return False, None


def _bind(column: InstrumentedAttribute[Any], value: str) -> Any:
    """Return `value` as a parameter of the column's own type."""
    return cast(literal(value), column.type)
