"""Reading deliveries: a provider sees its own, case people those of their caseload."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.errors import or_404
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission
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


def unconfirmed_pile(session: Session, actor: Actor) -> Pile:
    """Return the deliveries that the actor may confirm: how many, since when, of how much."""
    worth = Redemption.amount_minor, Redemption.currency
    return bounded.pile(session, _to_confirm(actor), since=Redemption.recorded_at, worth=worth)


def delivered_at_desk(session: Session, actor: Actor, first: date) -> dict[date, int]:
    """Return how many deliveries of each day the actor's provider recorded."""
    return _by_day(session, _visible(actor, RedemptionPermission.READ_RECEIPT), first)


def delivered_in_cases(session: Session, actor: Actor, first: date) -> dict[date, int]:
    """Return how many deliveries there were on each day in the actor's cases."""
    mine = permissions.where(actor, Voucher, VoucherPermission.VIEW)
    statement = select(Redemption).join(Voucher, Voucher.id == Redemption.voucher_id).where(mine)
    return _by_day(session, statement, first)


def _by_day(session: Session, statement: Select[Redemption], first: date) -> dict[date, int]:
    day = Redemption.delivered_on
    rows = session.execute(
        statement.with_only_columns(day, func.count(), maintain_column_froms=True)
        .where(
            Redemption.recorded_at >= clock.start_of(first),
            day >= first,
            Redemption.state.in_((RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)),
        )
        .group_by(day)
        .order_by(None)
    )
    return dict(rows.all())
