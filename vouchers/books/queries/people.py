"""What the people who act in the books are called."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import names_of


def names(session: Session, people: Iterable[UUID]) -> list[str]:
    """Return the names of people, in order; of a deputy's act there are two."""
    return sorted(names_of(session, set(people)).values())
