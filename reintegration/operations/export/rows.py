"""The rows of a table as cells, read in steps from the database: memory holds some of them."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from reintegration.operations.export.files import File
from reintegration.web.table_files import Row

AT_ONCE = 500


def of(session: Session, file: File) -> Iterator[Row]:
    """Yield every row of a file, in the order of its key."""
    asked = select(*file.columns).order_by(*file.source.primary_key.columns)
    if file.condition is not None:
        asked = asked.where(file.condition)
    for row in session.execute(asked, execution_options={"yield_per": AT_ONCE}):
        yield cells(row)


def contents(
    session: Session, table: Table, column: Column[Any], called: Column[Any]
) -> Iterator[tuple[Any, str, bytes]]:
    """Yield the id, the name and the bytes of each file that a table keeps, one at a time."""
    asked = select(table.c.id.label("key"), called.label("called"), column.label("content")).where(
        column.is_not(None)
    )
    for row in session.execute(asked.order_by(table.c.id), execution_options={"yield_per": 1}):
        yield row.key, row.called or "", bytes(row.content)


def cells(values: Iterable[Any]) -> Row:
    """Return values as they stand in a file."""
    return [_cell(value) for value in values]


def _cell(value: Any) -> str | Decimal:
    if value is None:
        return ""
    spelled = next((spell for kind, spell in _SPELLED if isinstance(value, kind)), str)
    return spelled(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


_SPELLED: tuple[tuple[type | tuple[type, ...], Callable[[Any], str | Decimal]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    ((int, Decimal), Decimal),
    (datetime, lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z")),
    (date, lambda value: value.isoformat()),
    (bytes, lambda value: value.hex()),
    ((list, dict), _json),
)
"""How a value is spelled; the first that fits: a truth is a number too, and a moment a day."""
