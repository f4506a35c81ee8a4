"""Erasing a person: the case manager asks, a supervisor of the case does it, once it is closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, ErasureRequest, PersonKey
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries.erasures import waiting
from reintegration.cases.queries.identity import VaultState, vault_state
from reintegration.cases.services import case_moves, registration, vault
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.team import supervisors
from reintegration.cases.services.telling import tell
from reintegration.cases.states import CaseState
from reintegration.kernel import audit, hooks, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, signed
from reintegration.papers.services.erasing import destroy_papers_of


@dataclass(frozen=True, slots=True)
class PersonErased:
    """The key of a person is gone: whoever keeps words about them forgets those too."""

    case_id: UUID


def ask(
    session: Session, case: CaseFile, *, actor: Actor, reason: str, now: datetime
) -> ErasureRequest:
    """Ask that name and notes be erased for good; the supervisors of the case are told."""
    permissions.demand(actor, CasePermission.ASK_ERASURE, case)
    lock(session, case)
    require_erasable(session, case)
    if len(reason.strip()) < vault.MIN_REASON:
        raise Invalid(
            N_("Give a reason: others will need to understand this later."),
            code="reason",
            field="reason",
        )
    if waiting(session, case.id) is not None:
        raise Conflict(N_("This was asked for already and waits for a supervisor."))
    assert actor.id is not None
    request = ErasureRequest(
        id=new_id(),
        case_id=case.id,
        reason=reason.strip(),
        **signed("asked_by", actor),
        asked_at=now,
    )
    session.add(request)
    session.flush()
    audit.record(session, "identity:ask_erasure", case, actor=actor, now=now, reason=request.reason)
    message = N_("The name in case %(code)s shall be erased for good. Decide on it.")
    link = f"/cases/{case.id}/erasure"
    tell(session, case, supervisors(case, now), _key(request), message, now=now, link=link)
    return request


def erase(
    session: Session, case: CaseFile, request: ErasureRequest, *, actor: Actor, now: datetime
) -> None:
    """Destroy the keys of the person and of their papers and forget the facts, for good.

    Somebody else asked for it.
    """
    _decide(session, case, request, actor=actor, now=now)
    require_erasable(session, case)
    vault.erase_identity(session, actor=actor, case=case, reason=request.reason, now=now)
    destroy_papers_of(session, case.id, actor=actor, now=now)
    registration.take_facts(case, CaseFacts())
    request.erased, case.updated_at = True, now
    session.flush()
    hooks.announce(session, PersonErased(case.id))
    message = N_("The name in case %(code)s was erased for good.")
    tell(session, case, [request.asked_by], _key(request), message, now=now)


def erase_again(
    session: Session, case_ids: Collection[UUID], *, actor: Actor, now: datetime
) -> int:
    """Erase those who were erased after a backup was made that is brought back; return how many."""
    permissions.demand(actor, CasePermission.ERASE_AGAIN)
    known = select(CaseFile).where(CaseFile.id.in_(case_ids)).order_by(CaseFile.id)
    cases = [one for one in session.scalars(known) if not is_erased(session, one.id)]
    for case in cases:
        lock(session, case)
        vault.destroy_key(session, case)
        destroy_papers_of(session, case.id, actor=actor, now=now)
        registration.take_facts(case, CaseFacts())
        case.updated_at = now
        session.flush()
        audit.record(session, "identity:erase_again", case, actor=actor, now=now)
        hooks.announce(session, PersonErased(case.id))
    return len(cases)


def decline(
    session: Session, case: CaseFile, request: ErasureRequest, *, actor: Actor, now: datetime
) -> None:
    """Keep the name; it can be asked for again."""
    _decide(session, case, request, actor=actor, now=now)
    session.flush()
    audit.record(session, "identity:decline_erasure", case, actor=actor, now=now)
    message = N_("The name in case %(code)s is kept: the supervisor did not erase it.")
    tell(session, case, [request.asked_by], _key(request), message, now=now)


def is_erased(session: Session, case_id: UUID) -> bool:
    """Whether the key of a person is gone."""
    return vault_state(session, case_id) is VaultState.ERASED


def erased_cases(session: Session) -> set[UUID]:
    """Return every case whose person was erased."""
    has_key = exists().where(PersonKey.case_id == CaseFile.id)
    return set(session.scalars(select(CaseFile.id).where(~has_key)))


def require_erasable(session: Session, case: CaseFile) -> None:
    """Raise Conflict while the case is open, somebody may be owed, or nothing is left to erase."""
    if is_erased(session, case.id):
        raise Conflict(N_("This was erased for good already."), code="erased")
    if case.state != CaseState.CLOSED:
        raise Conflict(N_("Close the case first: an open case needs its person."), code="open")
    if case_moves.open_in_case(session, case):
        raise Conflict(N_("Something is still open: settle it first."), code="exposure")


def _decide(
    session: Session, case: CaseFile, request: ErasureRequest, *, actor: Actor, now: datetime
) -> None:
    permissions.demand(actor, CasePermission.DECIDE_ERASURE, request)
    lock(session, case)
    session.refresh(request)
    if request.decided_at is not None:
        raise Conflict(N_("This was decided already."), code="decided")
    sign(request, "decided_by", actor)
    request.decided_at = now


def _key(request: ErasureRequest) -> str:
    return f"erasure|{request.id}"
