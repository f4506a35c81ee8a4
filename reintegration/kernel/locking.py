"""Holding a row until the transaction ends, and seeing it as it is now."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.base import Base
from reintegration.kernel.errors import NotFound

Row = TypeVar("Row", bound=Base)


def lock(session: Session, row: Row) -> Row:
    """Lock `row` and read it again; raise NotFound when it is gone.

    The lock is taken on the bare table: PostgreSQL refuses it on the outer side of a join.
    """
    table = type(row).__table__
    key = table.c.id
    held = session.scalar(select(key).where(key == row.id).with_for_update())  # type: ignore[attr-defined]
    if held is None:
        raise NotFound
    session.refresh(row)
    return row
