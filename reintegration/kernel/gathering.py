"""Rows that nobody reads yet, sent together: for work of thousands of acts in one transaction.

A session that gathers keeps the rows of the trail and sends them, in the order of the acts, before
anything reads their tables, before each savepoint and before the commit. What is rolled back takes
the rows that wait with it. Sessions do not gather unless they are told to.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session

from reintegration.kernel.base import Base
from reintegration.kernel.statements import insert_into, insert_on

_KEY = "gathering"
_MOST = 2_000


class Gathering:
    """The rows of one session that wait, by their table."""

    def __init__(self) -> None:
        self._waiting: dict[type[Base], list[Mapping[str, Any]]] = {}
        self._count = 0

    def add(self, session: Session, model: type[Base], row: Mapping[str, Any]) -> None:
        """Keep a row; the model's own defaults do not apply."""
        connection = session.connection()  # a savepoint that was only announced is set by this
        self._waiting.setdefault(model, []).append(row)
        self._count += 1
        if self._count >= _MOST:
            self.send(connection)

    def send(self, connection: Connection) -> None:
        """Insert what waits."""
        waiting, self._waiting, self._count = self._waiting, {}, 0
        for model, rows in waiting.items():
            columns = tuple(rows[0])
            insert_on(connection, model, columns, (tuple(row.values()) for row in rows))

    def send_before(self, connection: Connection, statement: str) -> None:
        """Insert what waits if the statement could see it."""
        if any(model.__tablename__ in statement for model in self._waiting):
            self.send(connection)

    def forget(self) -> None:
        """Drop what waits: it was rolled back."""
        self._waiting, self._count = {}, 0


@contextmanager
def gathered(session: Session) -> Iterator[None]:
    """Let `session`, which has its engine for itself, gather; end it after the commit."""
    made = Gathering()

    def before_statement(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        made.send_before(connection, statement)

    def at_a_point(connection: Connection, *_name: Any) -> None:
        made.send(connection)

    def rolled_back(*_about: Any) -> None:
        made.forget()

    listeners = (
        ("before_cursor_execute", before_statement),
        ("savepoint", at_a_point),
        ("commit", at_a_point),
        ("rollback", rolled_back),
        ("rollback_savepoint", rolled_back),
    )
    engine = session.get_bind()
    for name, listener in listeners:
        sa_event.listen(engine, name, listener)
    session.info[_KEY] = made
    try:
        yield
    finally:
        del session.info[_KEY]
        for name, listener in listeners:
            sa_event.remove(engine, name, listener)


class Appending:
    """How one row at a time is added to a table that only grows; nothing is returned."""

    def __init__(self, model: type[Base], columns: Sequence[str]) -> None:
        self._model = model
        self._one = insert_into(model, columns)

    def add(self, session: Session, row: Mapping[str, Any]) -> None:
        """Add a row at once, or keep it where `session` gathers; dicts are JSON."""
        gathering: Gathering | None = session.info.get(_KEY)
        if gathering is not None:
            gathering.add(session, self._model, row)
            return
        values = {
            name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()
        }
        self._one.run(session, values)
