"""Reading the months of the books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404
from vouchers.books.models import AccountingPeriod, PeriodClose
from vouchers.books.permissions import PeriodPermission
from vouchers.books.states import PeriodState


def every(session: Session, actor: Actor) -> Sequence[AccountingPeriod]:
    """Return all months, the latest first."""
    seen = permissions.visible(actor, AccountingPeriod, PeriodPermission.VIEW)
    return session.scalars(seen.order_by(AccountingPeriod.month.desc())).all()


def period_or_404(session: Session, actor: Actor, period_id: UUID) -> AccountingPeriod:
    """Return a month, or raise NotFound."""
    seen = permissions.visible(actor, AccountingPeriod, PeriodPermission.VIEW)
    return or_404(session.scalar(seen.where(AccountingPeriod.id == period_id)))


def waiting(session: Session, actor: Actor) -> Sequence[AccountingPeriod]:
    """Return the months that wait for a second person, the earliest first."""
    seen = permissions.visible(actor, AccountingPeriod, PeriodPermission.VIEW)
    waits = AccountingPeriod.state.in_((PeriodState.PREPARED, PeriodState.REOPENING))
    return session.scalars(seen.where(waits).order_by(AccountingPeriod.month)).all()


def closes_of(session: Session, actor: Actor, period: AccountingPeriod) -> Sequence[PeriodClose]:
    """Return what was signed off of a month, the latest first."""
    seen = permissions.visible(actor, PeriodClose, PeriodPermission.VIEW)
    of_month = seen.where(PeriodClose.period_id == period.id)
    return session.scalars(of_month.order_by(PeriodClose.number.desc())).all()


def close_or_404(session: Session, actor: Actor, close_id: UUID) -> PeriodClose:
    """Return what was signed off at one close, or raise NotFound."""
    seen = permissions.visible(actor, PeriodClose, PeriodPermission.VIEW)
    return or_404(session.scalar(seen.where(PeriodClose.id == close_id)))
