"""The cast, made once for each worker and put back as rows for each test that wants it.

To make it anew takes some thirty statements and every law that stands behind them; to put the
same rows back takes one. The objects are fresh for each test: nothing that one does to them
reaches another.
"""

import pickle

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from tests.database import Restorer
from tests.factories.cast import Cast, make_cast


class RememberedCast:
    """What `make_cast` leaves in an otherwise empty database; afterwards it is empty again."""

    def __init__(self, session: Session, restorer: Restorer) -> None:
        made = make_cast(session)
        session.commit()
        for one in _rows(made):
            session.refresh(one)
        self._cast = pickle.dumps(made)
        session.rollback()
        self._rows = restorer.remember("remembered_cast")
        self._restorer = restorer
        restorer.restore()

    def put_back(self, session: Session) -> Cast:
        """Put the rows back, committed, and give the session objects of its own for them."""
        self._restorer.put_back(self._rows)
        cast: Cast = pickle.loads(self._cast)  # noqa: S301 - made by this process
        session.add_all(_rows(cast))
        return cast


def _rows(cast: Cast) -> list[object]:
    """Return every row that the cast holds, in whatever it holds it."""
    held: list[object] = []
    for value in vars(cast).values():
        held += value.values() if isinstance(value, dict) else [value]
    return [one for one in held if inspect(one, raiseerr=False) is not None]
