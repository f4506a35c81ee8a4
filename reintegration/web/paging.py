"""Keyset paging: page 1,000 costs what page 1 costs. A cursor names the last row seen."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Select, cast, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import freed

Row = TypeVar("Row")
Keys = Sequence[InstrumentedAttribute[Any]]
PAGE_SIZES = (25, 50, 100)
_LONGEST_VALUE = 300
_BIGINT = 2**63


class ForeignCursor(Invalid):
    """The address names a place in a list, but not in this one."""

    status: ClassVar[int] = 400
    code = "cursor"

    def __init__(self) -> None:
        super().__init__(N_("This address leads to no page of this list. Open the list anew."))


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
    keys: Keys,
    cursor: str | None,
    size: int = PAGE_SIZES[0],
    key_of: Callable[[Row], Sequence[Any]] | None = None,
    ascending: bool = False,
) -> Page[Row]:
    """Return a page of `statement`, newest first by `keys` (the last of them unique).

    With `ascending` the smallest key comes first, as in a list by name; `older` is then the way
    on. A cursor that is not one of this list raises ForeignCursor.
    """
    backwards, after = _read(cursor, keys)
    if after is not None:
        key, bound = tuple_(*keys), tuple_(*map(_bind, keys, after))
        statement = statement.where(key > bound if backwards != ascending else key < bound)
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
        older=_write(False, keys, values(rows[-1])) if rows and has_older else None,
        newer=_write(True, keys, values(rows[0])) if rows and has_newer else None,
    )


def _write(backwards: bool, keys: Keys, values: Sequence[Any]) -> str:
    content = json.dumps([_list(keys), int(backwards), *map(str, values)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _read(cursor: str | None, keys: Keys) -> tuple[bool, list[Any] | None]:
    """Return the direction and the values of a cursor, each of its column's own type."""
    if not cursor:
        return False, None
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        of, backwards, *written = content
        if of != _list(keys) or backwards not in (0, 1):
            raise ForeignCursor
        return bool(backwards), [_typed(*one) for one in zip(keys, written, strict=True)]
    except (ValueError, TypeError, RecursionError):
        raise ForeignCursor from None


def _list(keys: Keys) -> str:
    """Return which list a cursor is of: the table that it runs through, and by what."""
    return " ".join([keys[-1].class_.__tablename__, *(column.key for column in keys)])


def _typed(column: InstrumentedAttribute[Any], written: object) -> Any:
    """Return what stands in a cursor as a value of the column, or raise ValueError."""
    kind = column.type.python_type
    if not isinstance(written, str) or len(written) > _LONGEST_VALUE:
        raise ValueError(written)
    if kind is int:
        return _counted(written)
    if kind is str:
        return freed(written)
    return kind.fromisoformat(written) if issubclass(kind, date) else kind(written)


def _counted(written: str) -> int:
    number = int(written)
    if not -_BIGINT <= number < _BIGINT:
        raise ValueError(number)
    return number


def _bind(column: InstrumentedAttribute[Any], value: Any) -> Any:
    """Return `value` as a parameter of the column's own type."""
    return cast(literal(value, column.type), column.type)
