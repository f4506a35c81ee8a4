"""Which columns hold what is sealed under the master key: each is one row of a table.

A feature registers its own, so that a rotation of the key meets all of them. What is sealed under
a key of its own, such as the fields of a person, does not stand here: its key does.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, LargeBinary, Table, Text, func
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from reintegration.kernel.answered import AnsweredForm
from reintegration.kernel.crypto import ANSWER, HOUSE_KEY, MAIL, UPLOAD, Sealing
from reintegration.kernel.house_keys import HouseKey
from reintegration.kernel.outbox import OutboxMessage
from reintegration.kernel.tasks import TaskPage


@dataclass(frozen=True, slots=True)
class Column:
    """Where one kind of sealed value lies: as bytes in SQL, what it is bound to, how it is put."""

    kind: Sealing
    table: Table
    held: ColumnElement[Any]
    bound_to: tuple[ColumnElement[Any], ...]
    put: Callable[[bytes], Mapping[str, Any]]

    @property
    def name(self) -> str:
        """Return the table's name, by which it is told."""
        return self.table.name

    @property
    def keys(self) -> tuple[ColumnElement[Any], ...]:
        """Return what names a row."""
        return tuple(self.table.primary_key.columns)


_columns: dict[Sealing, Column] = {}


def register(kind: Sealing, column: InstrumentedAttribute[Any], *bound_to: Any) -> None:
    """Say that a column of bytes holds this kind; each value is bound to these columns."""
    table = cast("Table", column.property.columns[0].table)
    name = column.key
    _keep(Column(kind, table, table.c[name], _of(table, bound_to), lambda new: {name: new}))


def register_text(
    kind: Sealing, column: InstrumentedAttribute[Any], path: tuple[str, ...], *bound_to: Any
) -> None:
    """Say that a field of a JSON column holds this kind, in base64; rows may be without it."""
    table = cast("Table", column.property.columns[0].table)
    document = table.c[column.key]

    def put(new: bytes) -> Mapping[str, Any]:
        text = func.to_jsonb(sql_cast(b64encode(new).decode(), Text))
        return {column.key: func.jsonb_set(document, sql_cast(list(path), ARRAY(Text)), text)}

    value = func.decode(document[path].astext, "base64", type_=LargeBinary())
    _keep(Column(kind, table, value, _of(table, bound_to), put))


def columns() -> tuple[Column, ...]:
    """Return all of them, by the names of their tables."""
    return tuple(sorted(_columns.values(), key=lambda one: one.name))


def _keep(column: Column) -> None:
    _columns[column.kind] = column


def _of(table: Table, attributes: tuple[Any, ...]) -> tuple[ColumnElement[Any], ...]:
    return tuple(table.c[one.key] for one in attributes)


register(HOUSE_KEY, HouseKey.wrapped, HouseKey.purpose)
register(ANSWER, AnsweredForm.answer, AnsweredForm.actor_id, AnsweredForm.key)
register_text(MAIL, OutboxMessage.payload, ("sealed",), OutboxMessage.idempotency_key)
register_text(UPLOAD, TaskPage.content, ("0", "sealed"), TaskPage.task_id)
