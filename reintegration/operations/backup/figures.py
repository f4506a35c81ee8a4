"""What a database holds, counted: rows of each table, and the sum of each column of money."""

from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from reintegration.kernel.base import Base

Figures = dict[str, Any]
_MONEY = "_minor"
_NOT_COUNTED = frozenset({"audit_event"})
"""A restore adds its own row to the trail: what stood there before is counted by its seals."""


def counted(connection: Connection) -> Figures:
    """Return rows and sums of every table of this version, and the schema's number."""
    tables = [one for one in Base.metadata.sorted_tables if one.name not in _NOT_COUNTED]
    return {
        "schema": connection.scalar(text("SELECT version_num FROM alembic_version")),
        "tables": {table.name: _of(connection, table) for table in tables},
    }


def rows(figures: Figures) -> int:
    """Return how many rows there are in all."""
    return sum(table["rows"] for table in figures["tables"].values())


def differences(before: Figures, after: Figures) -> list[str]:
    """Return the tables that are not as they were."""
    first, second = before["tables"], after["tables"]
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def _of(connection: Connection, table: Table) -> dict[str, Any]:
    money = [column for column in table.columns if column.name.endswith(_MONEY)]
    asked = select(func.count(), *(func.coalesce(func.sum(one), 0) for one in money))
    count, *sums = connection.execute(asked.select_from(table)).one()
    return {
        "rows": count,
        "sums": {one.name: int(amount) for one, amount in zip(money, sums, strict=True)},
    }
