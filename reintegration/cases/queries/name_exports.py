"""Requests to let every name out of the house in a sealed file."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import NameExport
from reintegration.cases.models.name_export import WAITS_FOR
from reintegration.cases.permissions import CasePermission
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404

_SHOWN = 50


def request_or_404(session: Session, actor: Actor, request_id: UUID) -> NameExport:
    """Return a request that the actor may see, or raise NotFound."""
    found = permissions.visible(actor, NameExport, CasePermission.VIEW_NAME_EXPORTS)
    return or_404(session.scalar(found.where(NameExport.id == request_id)))


def requests(session: Session, actor: Actor) -> Sequence[NameExport]:
    """Return the latest requests, the newest first."""
    found = permissions.visible(actor, NameExport, CasePermission.VIEW_NAME_EXPORTS)
    newest = found.order_by(NameExport.asked_at.desc(), NameExport.id)
    return session.scalars(newest.limit(_SHOWN)).all()


def waiting_for(session: Session, actor: Actor, *, now: datetime) -> Sequence[NameExport]:
    """Return what waits for the actor's word, the oldest first."""
    found = permissions.visible(actor, NameExport, CasePermission.DECIDE_NAME_EXPORT)
    waits = found.where(NameExport.decided_at.is_(None), NameExport.asked_at > now - WAITS_FOR)
    return session.scalars(waits.order_by(NameExport.asked_at, NameExport.id).limit(_SHOWN)).all()


def by_reference(session: Session, reference: str) -> NameExport | None:
    """Return the request of a number."""
    return session.scalar(select(NameExport).where(NameExport.reference == reference))
