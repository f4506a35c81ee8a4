"""Many rows in one statement, in the session's own transaction.

COPY is refused where row-level security guards a table, and the application's role may make no
temporary table; so the rows travel as one JSON value.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.base import Base


def insert_rows(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, values in the order of `columns`; the model's own defaults do not apply.

    Values are plain ones: text, numbers, UUID, dates, aware instants, bytes, and lists or dicts
    for arrays and JSON. A broken constraint raises IntegrityError and inserts none.
    """
    session.flush()
    content = [dict(zip(columns, row, strict=True)) for row in rows]
    if not content:
        return
    table, listed = model.__tablename__, ", ".join(columns)
    session.connection().exec_driver_sql(
        f"INSERT INTO {table} ({listed}) SELECT {listed}"  # noqa: S608 - names of models
        f" FROM json_populate_recordset(NULL::{table}, CAST(%(rows)s AS json))",
        {"rows": json.dumps(content, default=_plain, ensure_ascii=False)},
    )


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # an instant is a date, too
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no plain value: {type(value).__name__}")
