"""The life of a case. It never closes while somebody could still be owed or sent away."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission as P
from reintegration.cases.states import CaseState as S
from reintegration.cases.states import ClosureReason
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.locking import lock
from reintegration.kernel.ports import Poll
from reintegration.kernel.states import Machine, Move

open_in_case = Poll[[Session, CaseFile], str](
    "sentences about what is still open in a case: vouchers, referrals, deliveries"
)

CASE: Machine[S] = Machine(
    name="case",
    initial=S.INTAKE,
    moves={
        "activate": Move({S.INTAKE, S.FOLLOW_UP}, S.ACTIVE, P.EDIT, N_("Begin work on the plan")),
        "follow_up": Move(S.ACTIVE, S.FOLLOW_UP, P.EDIT, N_("Begin follow-up")),
        "close": Move({S.INTAKE, S.ACTIVE, S.FOLLOW_UP}, S.CLOSED, P.CLOSE, N_("Close the case")),
        "reopen": Move(S.CLOSED, S.ACTIVE, P.CLOSE, N_("Open the case again"), needs_reason=True),
    },
)


def move(session: Session, case: CaseFile, name: str, *, actor: Actor, now: datetime) -> None:
    """Begin work on the plan, or follow-up."""
    lock(session, case)
    CASE.fire(session, case, name, actor=actor, now=now)
    case.updated_at = now
    session.flush()


def work_begins(session: Session, case: CaseFile, *, actor: Actor, now: datetime) -> None:
    """Move a case that still was getting to know to its work: its first plan is approved."""
    if case.state == S.INTAKE:
        CASE.follow(session, case, "activate", actor=actor, now=now)
        case.updated_at = now
        session.flush()


def close(
    session: Session, case: CaseFile, *, actor: Actor, reason: ClosureReason, now: datetime
) -> None:
    """Close the case; raise Conflict while anything is open."""
    lock(session, case)
    if open_in_case(session, case):
        raise Conflict(N_("Something is still open: settle it first."), code="exposure")
    CASE.fire(session, case, "close", actor=actor, now=now, reason=reason)
    case.closed_at, case.closure_reason, case.updated_at = now, reason, now
    session.flush()


def reopen(session: Session, case: CaseFile, *, actor: Actor, reason: str, now: datetime) -> None:
    """Open a closed case again: support may be needed once more."""
    lock(session, case)
    CASE.fire(session, case, "reopen", actor=actor, now=now, reason=reason.strip())
    case.closed_at, case.closure_reason, case.updated_at = None, None, now
    session.flush()
