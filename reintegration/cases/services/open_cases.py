"""A closed case is read, not written, until it is opened again."""

from reintegration.cases.models import CaseFile
from reintegration.cases.states import CaseState
from reintegration.kernel.errors import N_, Conflict


def require_open(case: CaseFile) -> None:
    """Raise Conflict for a closed case. Withdrawing and erasing stay possible: they ask nobody."""
    if case.state == CaseState.CLOSED:
        raise Conflict(N_("This case is closed. Open it again first."), code="closed")
