"""Reading what the books begin with."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404
from vouchers.books.models import OpeningBalance
from vouchers.books.permissions import OpeningPermission


def in_force(session: Session) -> OpeningBalance | None:
    """Return the balances that wait or are approved: there is one of them at most."""
    return session.scalar(select(OpeningBalance).where(OpeningBalance.retired_at.is_(None)))


def every(session: Session, actor: Actor) -> Sequence[OpeningBalance]:
    """Return all that were proposed, the latest first."""
    seen = permissions.visible(actor, OpeningBalance, OpeningPermission.VIEW)
    newest = seen.order_by(OpeningBalance.proposed_at.desc(), OpeningBalance.id).limit(20)
    return session.scalars(newest).all()


def opening_or_404(session: Session, actor: Actor, opening_id: UUID) -> OpeningBalance:
    """Return one, or raise NotFound."""
    seen = permissions.visible(actor, OpeningBalance, OpeningPermission.VIEW)
    return or_404(session.scalar(seen.where(OpeningBalance.id == opening_id)))


def how_many(session: Session) -> int:
    """Return how often balances came in that are in the books now: once or never."""
    approved = OpeningBalance.approved_at.is_not(None), OpeningBalance.retired_at.is_(None)
    counted = select(func.count()).select_from(OpeningBalance).where(*approved)
    return session.scalar(counted) or 0
