"""Reading deliveries: a provider sees its own, case people those of their caseload."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import FINANCE_ROLES, Actor, Role
from reintegration.kernel.errors import NotFound
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.states import RedemptionState

_DESK = (Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)


def visible_to(actor: Actor) -> Select[Redemption]:
    """Return the deliveries that the actor may read."""
    statement = select(Redemption).join(Voucher, Voucher.id == Redemption.voucher_id)
    if actor.has_role(*FINANCE_ROLES, Role.AUDITOR):
        return statement
    if actor.has_role(Role.CASE_MANAGER, Role.SUPERVISOR):
        return statement.where(Voucher.case_id.in_(actor.caseload))
    if actor.has_role(*_DESK):
        return statement.where(Redemption.provider_id == actor.organisation_id)
    return statement.where(false())


def redemption_or_404(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    """Return a delivery within the actor's reach; foreign and missing ones raise NotFound."""
    found = session.scalar(visible_to(actor).where(Redemption.id == redemption_id))
    if found is None:
        raise NotFound
    return found


def recorded_since(session: Session, actor: Actor, since: datetime) -> Sequence[Redemption]:
    """Return what the actor's provider recorded since an instant, newest first."""
    return session.scalars(
        visible_to(actor)
        .where(Redemption.provider_id == actor.organisation_id, Redemption.recorded_at >= since)
        .order_by(Redemption.recorded_at.desc(), Redemption.id)
        .limit(200)
    ).all()


def unconfirmed(session: Session, actor: Actor) -> Sequence[Redemption]:
    """Return what waits for a confirmation in the actor's caseload, oldest first."""
    return session.scalars(
        visible_to(actor)
        .where(Redemption.state == RedemptionState.UNCONFIRMED.value)
        .order_by(Redemption.recorded_at, Redemption.id)
        .limit(200)
    ).all()


def unconfirmed_count(session: Session, actor: Actor) -> int:
    """Return how many deliveries of the caseload wait for a confirmation."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Redemption)
            .join(Voucher, Voucher.id == Redemption.voucher_id)
            .where(
                Redemption.state == RedemptionState.UNCONFIRMED.value,
                Voucher.case_id.in_(actor.caseload),
            )
        )
        or 0
    )


def unconfirmed_on_case(session: Session, case_id: UUID) -> int:
    """Return how many deliveries of a case wait for a confirmation."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Redemption)
            .join(Voucher, Voucher.id == Redemption.voucher_id)
            .where(
                Redemption.state == RedemptionState.UNCONFIRMED.value, Voucher.case_id == case_id
            )
        )
        or 0
    )
