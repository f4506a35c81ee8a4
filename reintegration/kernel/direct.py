"""Constant statements whose text is made once: what the paths that must be fast send.

`Session.execute` costs more of Python's time than a small statement costs PostgreSQL. Here the
driver gets the finished text and its parameters, in the session's own transaction.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Table, bindparam, insert
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from reintegration.kernel.base import Base

Rows = CursorResult[*tuple[Any, ...]]
_PSYCOPG = dialect()  # type: ignore[no-untyped-call]


class Direct:
    """A Core statement; its parameters are the driver's plain values, JSON as `Jsonb`."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    @cached_property
    def _made(self) -> tuple[str, dict[str, Any]]:
        compiled = cast("Any", self._statement).compile(dialect=_PSYCOPG)
        assert isinstance(compiled, SQLCompiler)
        missing = [column.name for column in compiled.insert_prefetch]
        if missing:  # a default of the model would have to be worked out at each call
            raise ValueError(f"a direct insert names every column with a default: {missing}")
        if compiled.post_compile_params:
            raise ValueError("a direct statement has no list that grows: compare with any_()")
        return str(compiled), dict(compiled.params)

    def run(self, session: Session, values: Mapping[str, Any]) -> Rows:
        """Send it in the transaction of `session`, after what is pending there."""
        session.flush()
        return self.on(session.connection(), values)

    def on(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """Send it on `connection`."""
        text, fixed = self._made
        return connection.exec_driver_sql(text, {**fixed, **values})


def insert_into(model: type[Base], columns: Iterable[str]) -> Direct:
    """Return the insert of one row that returns nothing."""
    table = cast("Table", model.__table__)
    return Direct(insert(table).inline().values({name: bindparam(name) for name in columns}))
