"""Holding a row until the transaction ends, and seeing it as it is now."""

from typing import TypeVar

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from reintegration.kernel.base import Base
from reintegration.kernel.errors import NotFound

Row = TypeVar("Row", bound=Base)


def lock(session: Session, row: Row) -> Row:
    """Lock `row` and read it again, in one statement; raise NotFound when it is gone.

    Only the row itself is locked, not what is joined to it for reading.
    """
    try:
        session.refresh(row, with_for_update={"of": type(row)})
    except InvalidRequestError:  # there is no such row any more
        raise NotFound from None
    return row
