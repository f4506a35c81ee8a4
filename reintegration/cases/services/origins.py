"""Under which reference a case ran before it came in: an office's number for it, unique there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, CaseOrigin
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import vault
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import Conflict
from reintegration.kernel.text import plain


def case_of_reference(session: Session, office_id: UUID, reference: str) -> CaseFile | None:
    """Return the case that came in under a reference of an office; the session sees all cases."""
    return session.scalar(
        select(CaseFile)
        .join(CaseOrigin, CaseOrigin.case_id == CaseFile.id)
        .where(CaseOrigin.reference_index == _index(session, office_id, reference))
    )


def remember(
    session: Session,
    case: CaseFile,
    *,
    office_id: UUID,
    reference: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep under which reference of its office a new case ran, and who brought it in."""
    permissions.demand(actor, CasePermission.BRING_IN)
    sealed = vault.seal_for(session, case.id, reference, bound_to=_bound_to(case.id))
    session.add(
        CaseOrigin(
            case_id=case.id,
            reference_index=_index(session, office_id, reference),
            reference_sealed=sealed,
            brought_at=now,
            brought_by=actor.id,
        )
    )
    session.flush()


def reference_of(session: Session, case: CaseFile) -> str:
    """Return the reference of before; "" where there is none, or the person was erased."""
    found = session.get(CaseOrigin, case.id)
    if found is None:
        return ""
    bound_to = _bound_to(case.id)
    try:
        return vault.unseal_for(session, case.id, {bound_to: found.reference_sealed})[bound_to]
    except Conflict:
        return ""


def _index(session: Session, office_id: UUID, reference: str) -> bytes:
    return keyring(session).blind_index("case_reference", f"{office_id}|{plain(reference)}")


def _bound_to(case_id: UUID) -> str:
    return f"case_origin|reference|{case_id}"
