"""The moves of one aggregate, with the names of those who made them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import User
from reintegration.kernel.base import Json
from reintegration.kernel.states import StateEvent, machines


@dataclass(frozen=True, slots=True)
class PastMove:
    """One move as history shows it; `who` is empty for a job, `for_whom` but for a deputy's."""

    at: datetime
    move: str
    to_state: StrEnum | str
    """A state; the text of one that is no state any more."""
    reason: str | None
    who: str
    data: Json
    for_whom: str = ""


def moves_of(session: Session, aggregate: str, aggregate_id: UUID) -> list[PastMove]:
    """Return the moves of one aggregate, newest first, with the names of those who made them."""
    codes = {str(code): code for code in type(machines()[aggregate].initial)}
    other = aliased(User)
    rows = session.execute(
        select(StateEvent, User.name, other.name)
        .outerjoin(User, User.id == StateEvent.actor_id)
        .outerjoin(other, other.id == StateEvent.for_id)
        .where(StateEvent.aggregate == aggregate, StateEvent.aggregate_id == aggregate_id)
        .order_by(StateEvent.id.desc())
    )
    return [
        PastMove(
            event.at,
            event.move,
            codes.get(event.to_state, event.to_state),
            event.reason,
            name or "",
            event.data,
            for_whom or "",
        )
        for event, name, for_whom in rows
    ]
