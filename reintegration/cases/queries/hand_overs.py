"""Reading hand-overs of several cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile, HandOver
from reintegration.cases.permissions import CasePermission
from reintegration.cases.states import CaseState
from reintegration.kernel import bounded, permissions
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


@dataclass(frozen=True, slots=True)
class Managed:
    """An open case that could be handed over."""

    id: UUID
    code: str
    state: CaseState


def managed_by(session: Session, actor: Actor, manager_id: UUID) -> list[Managed]:
    """Return the oldest of a manager's open cases that the actor may hand over."""
    rows = session.execute(
        select(CaseFile.id, CaseFile.code, CaseFile.state)
        .where(
            permissions.where(actor, CaseFile, CasePermission.HAND_OVER),
            CaseFile.manager_id == manager_id,
            CaseFile.state != CaseState.CLOSED,
        )
        .order_by(CaseFile.opened_at, CaseFile.id)
        .limit(bounded.AT_ONCE)
    )
    return [Managed(row.id, row.code, row.state) for row in rows]


def to_hand_over(
    session: Session, actor: Actor, manager_id: UUID, case_ids: Iterable[UUID]
) -> Sequence[CaseFile]:
    """Return those of `case_ids` that are a manager's and that the actor may hand over."""
    found = permissions.visible(actor, CaseFile, CasePermission.HAND_OVER)
    chosen = found.where(CaseFile.manager_id == manager_id, CaseFile.id.in_(list(case_ids)))
    return session.scalars(chosen.order_by(CaseFile.id)).all()


def managers(session: Session, actor: Actor) -> Sequence[UUID]:
    """Return whose cases the actor may hand over."""
    found = permissions.where(actor, CaseFile, CasePermission.HAND_OVER)
    rows = select(CaseFile.manager_id).where(found, CaseFile.state != CaseState.CLOSED).distinct()
    return session.scalars(rows).all()
