"""Many rows at once: copied to a temporary table, then inserted in one statement.

COPY straight into a table is refused where row-level security guards it. Everything happens in
the session's own transaction.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

from reintegration.kernel.base import Base


def insert_rows(
    session: Session,
    model: type[Base],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_duplicates: bool = False,
    returning: str | None = None,
) -> set[Any]:
    """Insert `rows` (values in the order of `columns`); defaults of the model do not apply.

    With `skip_duplicates` a row that breaks a unique constraint is left out. Returns the values
    of the column `returning` of the rows that were inserted. JSON values come wrapped in `Jsonb`.
    """
    session.flush()
    table, copied = sql.Identifier(model.__tablename__), sql.Identifier("rows_to_insert")
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    connection = _driver(session)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                copied, listed, table
            )
        )
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(copied)) as copy:
            for row in rows:
                copy.write_row(row)
        statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            table, listed, listed, copied
        )
        if skip_duplicates:
            statement += sql.SQL(" ON CONFLICT DO NOTHING")
        if returning is not None:
            statement += sql.SQL(" RETURNING {}").format(sql.Identifier(returning))
        cursor.execute(statement)
        found = {row[0] for row in cursor.fetchall()} if returning is not None else set()
        cursor.execute(sql.SQL("DROP TABLE {}").format(copied))
    return found


def _driver(session: Session) -> psycopg.Connection[Any]:
    """Return psycopg's own connection, inside the running transaction."""
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
