"""Reading hand-overs of several cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, HandOver
from reintegration.cases.permissions import CasePermission
from reintegration.cases.states import CaseState
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404

_SHOWN = 50


def hand_over_or_404(session: Session, actor: Actor, hand_over_id: UUID) -> HandOver:
    """Return a hand-over that the actor offered or receives, or raise NotFound."""
    found = permissions.visible(actor, HandOver, CasePermission.VIEW_OFFER)
    return or_404(session.scalar(found.where(HandOver.id == hand_over_id)))


def hand_overs(session: Session, actor: Actor) -> Sequence[HandOver]:
    """Return what the actor offered or receives: what waits first, the latest first."""
    found = permissions.visible(actor, HandOver, CasePermission.VIEW_OFFER)
    newest = found.order_by(HandOver.closed_at.is_not(None), HandOver.offered_at.desc())
    return session.scalars(newest.limit(_SHOWN)).all()


def waiting_for(session: Session, actor: Actor) -> Sequence[HandOver]:
    """Return what waits for the actor's answer, the oldest first."""
    found = permissions.visible(actor, HandOver, CasePermission.ANSWER_OFFER)
    open_ones = found.where(HandOver.closed_at.is_(None))
    return session.scalars(open_ones.order_by(HandOver.offered_at, HandOver.id)).all()


def managed_by(session: Session, actor: Actor, manager_id: UUID) -> Sequence[CaseFile]:
    """Return the open cases of a manager that the actor may hand over, by code."""
    found = permissions.visible(actor, CaseFile, CasePermission.HAND_OVER)
    cases = found.where(CaseFile.manager_id == manager_id, CaseFile.state != CaseState.CLOSED)
    return session.scalars(cases.order_by(CaseFile.code)).all()


def managers(session: Session, actor: Actor) -> Sequence[UUID]:
    """Return whose cases the actor may hand over."""
    found = permissions.where(actor, CaseFile, CasePermission.HAND_OVER)
    rows = select(CaseFile.manager_id).where(found, CaseFile.state != CaseState.CLOSED).distinct()
    return session.scalars(rows).all()
