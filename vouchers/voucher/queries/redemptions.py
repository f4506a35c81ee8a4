"""Reading deliveries: a provider sees its own, case people those of their caseload."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count
from reintegration.kernel.errors import or_404
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.states import RedemptionState


def redemption_or_404(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    """Return a delivery that staff may read; foreign and missing ones raise NotFound."""
    return _one(session, _visible(actor, RedemptionPermission.VIEW), redemption_id)


def receipt_or_404(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    """Return a delivery of the actor's provider; foreign and missing ones raise NotFound."""
    return _one(session, _visible(actor, RedemptionPermission.READ_RECEIPT), redemption_id)


def _one(session: Session, statement: Select[Redemption], redemption_id: UUID) -> Redemption:
    return or_404(session.scalar(statement.where(Redemption.id == redemption_id)))


def _visible(actor: Actor, permission: RedemptionPermission) -> Select[Redemption]:
    return permissions.visible(actor, Redemption, permission)


def recorded_since(session: Session, actor: Actor, since: datetime) -> Sequence[Redemption]:
    """Return what the actor's provider recorded since an instant, newest first."""
    return session.scalars(
        _visible(actor, RedemptionPermission.READ_RECEIPT)
        .where(Redemption.recorded_at >= since)
        .order_by(Redemption.recorded_at.desc(), Redemption.id)
        .limit(200)
    ).all()


def unconfirmed(session: Session, actor: Actor) -> Sequence[Redemption]:
    """Return the deliveries that the actor may confirm, oldest first."""
    return session.scalars(
        _to_confirm(actor).order_by(Redemption.recorded_at, Redemption.id).limit(200)
    ).all()


def unconfirmed_count(session: Session, actor: Actor) -> Count:
    """Return how many deliveries the actor may confirm."""
    return bounded.count(session, _to_confirm(actor))


def _to_confirm(actor: Actor) -> Select[Redemption]:
    return _visible(actor, RedemptionPermission.CONFIRM).where(_UNCONFIRMED)


def unconfirmed_on_case(session: Session, case_id: UUID) -> Count:
    """Return how many deliveries of a case wait for a confirmation."""
    return bounded.count(
        session, select(Redemption).where(_UNCONFIRMED, Redemption.case_id == case_id)
    )


_UNCONFIRMED = Redemption.state == RedemptionState.UNCONFIRMED
