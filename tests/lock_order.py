"""Watches every transaction of a test: locks are taken in the written order.

A statement that locks rows of a table behind which the transaction already holds something may
only touch rows that it holds already, and rows of one table come by their key. What a transaction
holds is asked of the database itself: `xmin` of what it wrote, `xmax` of what it locked.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy import event as sa_event

from reintegration.kernel.base import Base
from reintegration.kernel.locking import ORDER

_RANK = {table: rank for rank, table in enumerate(ORDER)}
_LOCKS = re.compile(
    r"(?:^|\)\s)\s*(?:UPDATE\s+(?P<update>\w+)\s|DELETE\s+FROM\s+(?P<delete>\w+))"
    r"|\sFOR\s+(?P<how>NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)(?:\s+OF\s+(?P<of>\w+))?"
)
_FROM = re.compile(r"\sFROM\s+(\w+)")
_PRODUCT = ("/reintegration/", "/providers/", "/vouchers/")
_NOT_PRODUCT = ("/tests/", "/.venv/", "/web/commands.py")  # through it run commands of others


@dataclass
class _Taken:
    """What one transaction holds, by table, and where it took the last of it."""

    asked: str = ""
    last: str = ""
    where: str = ""
    rows: dict[str, set[str]] = field(default_factory=dict)
    wrote: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Lock:
    """What a statement locks; `by_select` when it only locks and writes nothing."""

    table: str
    by_select: bool


class Watch:
    """Collects what was taken out of order; `found` is empty when all is well."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._taken: WeakKeyDictionary[Connection, _Taken] = WeakKeyDictionary()

    @contextmanager
    def on_all_engines(self) -> Iterator[None]:
        """Watch every transaction of this process meanwhile."""
        listeners = (
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("commit", self._forget),
            ("rollback", self._forget),
        )
        for name, listener in listeners:
            sa_event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                sa_event.remove(Engine, name, listener)

    def _forget(self, connection: Connection) -> None:
        self._taken.pop(connection, None)

    def _before(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        lock = lock_of(statement)
        if lock is None or not _where():
            return
        if re.search(r"\sFOR UPDATE", statement):
            self._note(f"FOR UPDATE of {lock.table}, where FOR NO KEY UPDATE does")
        if lock.table not in _RANK:
            self._note(f"{lock.table} is not in the order of locks")
            return
        taken = self._taken.setdefault(connection, _Taken())
        taken.asked = statement
        taken.wrote, taken.locked = _own_rows(connection, lock.table)

    def _after(
        self, connection: Connection, _cursor: Any, statement: str, values: Any, *_rest: Any
    ) -> None:
        lock, taken = lock_of(statement), self._taken.get(connection)
        if lock is None or taken is None or taken.asked != statement:
            return
        taken.asked = ""
        held = taken.rows.setdefault(lock.table, set())
        new = _newly_held(connection, lock, taken, values) - held
        if new and taken.last:
            self._judge(lock.table, new, held, taken)
        held |= new
        if new and (not taken.last or _RANK[lock.table] > _RANK[taken.last]):
            taken.last, taken.where = lock.table, _where()

    def _judge(self, table: str, new: set[str], held: set[str], taken: _Taken) -> None:
        if _RANK[table] < _RANK[taken.last]:
            self._note(f"{table} after {taken.last}\n  {taken.last}: {taken.where}")
        elif table == taken.last and held and min(new) < max(held):
            self._note(f"{table} not by its key\n  before: {taken.where}")

    def _note(self, what: str) -> None:
        self.found.append(f"{what}\n  now: {_where()}")


def lock_of(statement: str) -> _Lock | None:
    """Return what a statement locks, or None."""
    found = _LOCKS.search(statement)
    if found is None or found["how"] == "KEY SHARE":
        return None
    if found["update"] or found["delete"]:
        return _Lock(found["update"] or found["delete"], by_select=False)
    written = re.search(r"\)\s+UPDATE\s+(\w+)", statement)  # a CTE that locks what is then written
    source = _FROM.search(statement)
    if found["of"] or written or source:
        table = found["of"] or (written and written[1]) or (source and source[1])
        return _Lock(str(table), by_select=written is None)
    return None


def _own_rows(connection: Connection, table: str) -> tuple[set[str], set[str]]:
    """Return the keys of the rows of `table` that this transaction wrote, and that it locked."""
    (key,) = Base.metadata.tables[table].primary_key.columns.keys()[:1]
    mine = "{0}::text = coalesce(pg_current_xact_id_if_assigned()::text, '')"
    if connection.in_nested_transaction():  # a savepoint has a number of its own
        mine = "pg_xact_status({0}::text::xid8) = 'in progress'"
    wrote, locked = mine.format("xmin"), mine.format("xmax")
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT {key}::text, {wrote} FROM {table} WHERE {wrote} OR {locked}")
    rows = cursor.fetchall()
    cursor.close()
    return {row[0] for row in rows if row[1]}, {row[0] for row in rows if not row[1]}


def _newly_held(connection: Connection, lock: _Lock, before: _Taken, values: Any) -> set[str]:
    """Return what a statement locked; a row that only a foreign key held counts as new."""
    wrote, locked = _own_rows(connection, lock.table)
    if not lock.by_select:
        return wrote - before.wrote
    named = {str(value) for value in _flat(values)}
    return (locked - before.locked) | (locked & named)


def _flat(values: Any) -> Iterator[Any]:
    many: Iterable[Any] = values.values() if isinstance(values, Mapping) else values or ()
    for value in many:
        if isinstance(value, list | tuple | Mapping):
            yield from _flat(value)
        else:
            yield value


def _where() -> str:
    """Return the product's own lines that led here, the innermost first; a test's own are none."""
    found: list[str] = []
    frame = sys._getframe(1)
    while frame.f_back is not None and len(found) < 5:
        frame = frame.f_back
        name = frame.f_code.co_filename
        if name in _seen and not _seen[name]:
            continue
        if _seen.setdefault(name, _is_product(name)):
            found.append(f"{'/'.join(name.rsplit('/', 2)[-2:])}:{frame.f_lineno}")
    return " < ".join(found)


_seen: dict[str, bool] = {}


def _is_product(name: str) -> bool:
    return any(part in name for part in _PRODUCT) and not any(part in name for part in _NOT_PRODUCT)
