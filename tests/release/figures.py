"""What can be counted in a database: what a move of code and an upgrade must leave as it was.

Names of tables and columns are read from the database, so nothing here knows a module.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]
Figures = dict[str, dict[str, Any]]


def connect(url: str) -> Connection:
    """Open a plain connection to an address as the settings spell it."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def figures_of(owner_url: str) -> Figures:
    """Count as the owner of the tables, whom row-level security does not bind."""
    with connect(owner_url) as connection:
        tables = _tables(connection)
        return {
            "rows": {table: _one(connection, "SELECT count(*) FROM {}", table) for table in tables},
            "states": _states(connection),
            "acts": _counted(connection, "SELECT action FROM audit_event"),
            "moves": _counted(connection, "SELECT aggregate || ':' || move FROM state_event"),
            "postings": _counted(connection, "SELECT event FROM ledger_entry"),
            "sources": _counted(connection, "SELECT source_type FROM ledger_entry"),
            "balance": _balance(connection),
            "sums": _sums(connection),
        }


def write(figures: Any, path: Path) -> None:
    """Write them so that a difference of the file shows what changed."""
    text = json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def read(path: Path) -> Any:
    """Read what `write` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def differences(recorded: Figures, found: Figures) -> list[str]:
    """Say each recorded figure that is another one now; a table of its own may be new."""
    return [
        f"{part} {name}: {recorded[part].get(name)} was recorded, {found[part].get(name)} is there"
        for part in recorded
        for name in sorted({*recorded[part], *found[part]})
        if recorded[part].get(name) != found[part].get(name)
        and not (part in {"rows", "sums"} and name not in recorded[part])
    ]


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return [table for (table,) in rows]


def _columns(connection: Connection, pattern: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT table_name::text, column_name::text FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name ~ %s"
        " AND data_type IN ('bigint', 'integer', 'text') ORDER BY 1, 2",
        [pattern],
    )
    return [(table, column) for table, column in rows]


def _states(connection: Connection) -> dict[str, int]:
    """Return `table:state` → how many, of every table whose rows have a state."""
    found: dict[str, int] = {}
    for table, column in _columns(connection, "^state$"):
        rows = connection.execute(
            sql.SQL("SELECT {column}, count(*) FROM {table} GROUP BY 1 ORDER BY 1").format(
                column=sql.Identifier(column), table=sql.Identifier(table)
            )
        )
        found |= {f"{table}:{state}": count for state, count in rows}
    return found


def _counted(connection: Connection, values: str) -> dict[str, int]:
    rows = connection.execute(f"SELECT value, count(*) FROM ({values}) AS of(value) GROUP BY 1")  # type: ignore[arg-type]
    return dict(rows.fetchall())


def _balance(connection: Connection) -> dict[str, dict[str, int]]:
    """Return the trial balance: `currency account` → what was debited and credited."""
    rows = connection.execute(
        "SELECT currency, account, sum(debit_minor)::bigint, sum(credit_minor)::bigint"
        " FROM ledger_line GROUP BY 1, 2"
    )
    return {
        f"{currency} {account}": {"debit": debit, "credit": credit}
        for currency, account, debit, credit in rows
    }


def _sums(connection: Connection) -> dict[str, int]:
    """Return the sum of every column of money, and of units, whatever the currency."""
    found: defaultdict[str, int] = defaultdict(int)
    for table, column in _columns(connection, "_minor$|^units|_units$"):
        found[f"{table}.{column}"] += _one(
            connection, "SELECT coalesce(sum({}), 0)::bigint FROM {}", column, table
        )
    return dict(found)


def _one(connection: Connection, query: str, *names: str) -> int:
    statement = sql.SQL(query).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])
