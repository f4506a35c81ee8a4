"""Statements that do not go through the ORM: constant ones made once, and many rows in one.

`Session.execute` costs more of Python's time than a small statement costs PostgreSQL. Here the
driver gets the finished text and its parameters, in the session's own transaction. COPY is refused
where row-level security guards a table, and the application's role may make no temporary table;
so many rows travel as one JSON value.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Table, bindparam, insert
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from reintegration.kernel.base import Base

Rows = CursorResult[*tuple[Any, ...]]
ROWS_AT_ONCE = 5_000
"""As one text they fill some megabytes, here and in the server."""
_PSYCOPG = dialect()  # type: ignore[no-untyped-call]


class ConstantStatement:
    """A Core statement; its parameters are the driver's plain values, JSON as `Jsonb`."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    @cached_property
    def _made(self) -> tuple[str, dict[str, Any]]:
        compiled = cast("Any", self._statement).compile(dialect=_PSYCOPG)
        assert isinstance(compiled, SQLCompiler)
        missing = [column.name for column in compiled.insert_prefetch]
        if missing:  # a default of the model would have to be worked out at each call
            raise ValueError(f"a constant insert names every column with a default: {missing}")
        if compiled.post_compile_params:
            raise ValueError("a constant statement has no list that grows: compare with any_()")
        return str(compiled), dict(compiled.params)

    def run(self, session: Session, values: Mapping[str, Any]) -> Rows:
        """Send it in the transaction of `session`, after what is pending there."""
        session.flush()
        return self.on(session.connection(), values)

    def on(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """Send it on `connection`."""
        text, fixed = self._made
        return connection.exec_driver_sql(text, {**fixed, **values})


def insert_into(model: type[Base], columns: Iterable[str]) -> ConstantStatement:
    """Return the insert of one row that returns nothing."""
    table = cast("Table", model.__table__)
    return ConstantStatement(
        insert(table).inline().values({name: bindparam(name) for name in columns})
    )


def insert_rows(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, values in the order of `columns`; the model's own defaults do not apply.

    Values are plain ones: text, numbers, UUID, dates, aware instants, bytes, and lists or dicts
    for arrays and JSON. A broken constraint raises IntegrityError and inserts none.
    """
    session.flush()
    insert_on(session.connection(), model, columns, rows)


def insert_on(
    connection: Connection, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows` on a connection, as `insert_rows` does."""
    table, listed = model.__tablename__, ", ".join(columns)
    statement = (
        f"INSERT INTO {table} ({listed}) SELECT {listed}"  # noqa: S608 - names of models
        f" FROM json_populate_recordset(NULL::{table}, CAST(%(rows)s AS json))"
    )
    coming = iter(rows)
    while part := list(islice(coming, ROWS_AT_ONCE)):
        content = [dict(zip(columns, row, strict=True)) for row in part]
        text = json.dumps(content, default=_plain, ensure_ascii=False)
        connection.exec_driver_sql(statement, {"rows": text})


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # an instant is a date, too
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no plain value: {type(value).__name__}")
