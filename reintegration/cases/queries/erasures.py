"""Wishes to erase a person's name for good."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, ErasureRequest
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import cases
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404


def waiting(session: Session, case_id: UUID) -> ErasureRequest | None:
    """Return the wish of a case that nobody decided on yet."""
    return session.scalar(
        select(ErasureRequest).where(
            ErasureRequest.case_id == case_id, ErasureRequest.decided_at.is_(None)
        )
    )


def waiting_or_404(session: Session, actor: Actor, case_id: UUID) -> ErasureRequest:
    """Return the wish that waits in a case of the caseload or raise NotFound."""
    return or_404(waiting(session, cases.case_or_404(session, actor, case_id).id))


def to_decide(actor: Actor) -> Select[ErasureRequest]:
    """Return the select of the wishes that the actor may decide."""
    mine = permissions.visible(actor, ErasureRequest, CasePermission.DECIDE_ERASURE)
    return mine.where(ErasureRequest.decided_at.is_(None))


def waiting_for(
    session: Session, actor: Actor, *, limit: int
) -> Sequence[tuple[ErasureRequest, str]]:
    """Return the wishes that the actor may decide, the oldest first, with the case's code."""
    rows = session.execute(
        to_decide(actor)
        .add_columns(CaseFile.code)
        .join(CaseFile, CaseFile.id == ErasureRequest.case_id)
        .order_by(ErasureRequest.asked_at, ErasureRequest.id)
        .limit(limit)
    )
    return [(request, code) for request, code in rows]
