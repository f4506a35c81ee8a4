"""What waits for the only one who approves or releases: said before the role or account goes."""

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel import bounded
from reintegration.kernel.actor import Role
from reintegration.kernel.db import acting_as_system
from vouchers.payments.models import PaymentBatch
from vouchers.payments.states import BatchState


def waits_for(session: Session, user: User, only: frozenset[Role]) -> list[str]:
    """Return what waits in the roles in which this person is the only one."""
    del user
    found: list[str] = []
    if Role.FINANCE_APPROVER in only:
        count = _batches(session, BatchState.PREPARED)
        found += [
            ngettext(
                "%(num)s batch waits for approval.", "%(num)s batches wait for approval.", count
            )
        ] * bool(count)
    if Role.FINANCE_RELEASER in only:
        count = _batches(session, BatchState.APPROVED)
        found += [
            ngettext("%(num)s batch waits for release.", "%(num)s batches wait for release.", count)
        ] * bool(count)
    return found


def _batches(session: Session, state: BatchState) -> int:
    with acting_as_system(session):
        return bounded.count(session, select(PaymentBatch).where(PaymentBatch.state == state))
