"""A closed case is read, not written, until it is opened again."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.states import CaseState
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict


def require_open(session: Session, case_id: UUID) -> None:
    """Keep the case from being closed until the transaction ends; raise Conflict when it is.

    Every write on a case passes here, before it locks anything else; a trigger of the database
    (`open_case`) refuses what does not. Withdrawing, cancelling and erasing ask nobody.
    """
    if not is_open(session, case_id):
        raise Conflict(N_("This case is closed. Open it again first."), code="closed")


def is_open(session: Session, case_id: UUID) -> bool:
    """Whether the case is open, and stays so until the transaction ends.

    A provider that answers does not see the case: whether it is open decides all the same.
    """
    held = select(CaseFile.state).where(CaseFile.id == case_id).with_for_update(key_share=True)
    state = session.scalar(held)
    if state is None:
        with acting_as_system(session):
            state = session.scalar(held)
    return state is not None and state != CaseState.CLOSED
