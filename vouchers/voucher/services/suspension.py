"""Stopping vouchers for a while, and what stops them when something beneath them changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.states import StateEvent
from reintegration.plans.models import PlanLine
from reintegration.plans.states import LineOrigin
from vouchers.voucher.models import Voucher
from vouchers.voucher.services.cancelling import cancel
from vouchers.voucher.services.locking import lock_voucher
from vouchers.voucher.services.voucher_moves import VOUCHER, resume_move
from vouchers.voucher.states import NOT_ISSUED, OPEN_STATES, REDEEMABLE_STATES, VoucherState

OFFERING_SUSPENDED = "offering_suspended"
_NOT_ENDED = OPEN_STATES | NOT_ISSUED


def suspend(
    session: Session, voucher: Voucher, *, actor: Actor, reason: str, now: datetime, cause: str = ""
) -> None:
    """Stop a voucher for a while; nothing is redeemed on it until it is resumed."""
    lock_voucher(session, voucher)
    before = voucher.state
    VOUCHER.fire(
        session, voucher, "suspend", actor=actor, now=now, reason=reason, data={"cause": cause}
    )
    voucher.suspended_from = before
    session.flush()


def resume(session: Session, voucher: Voucher, *, actor: Actor, now: datetime) -> None:
    """Let a stopped voucher be used again, from where it was."""
    lock_voucher(session, voucher)
    VOUCHER.fire(session, voucher, resume_move(voucher.suspended_from), actor=actor, now=now)
    voucher.suspended_from = None
    session.flush()


def at_offering(session: Session, offering_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that could be redeemed at an offering; open ones go elsewhere."""
    return _with_states(session, REDEEMABLE_STATES, Voucher.offering_id == offering_id)


def suspend_at_offering(session: Session, offering_id: UUID, *, now: datetime) -> None:
    """Stop the vouchers bound to an offering that was suspended."""
    with acting_as_system(session):
        for voucher in at_offering(session, offering_id):
            suspend(
                session,
                voucher,
                actor=SYSTEM,
                now=now,
                cause=OFFERING_SUSPENDED,
                reason=N_("The provider's offering was suspended."),
            )


def stopped_at_offering(session: Session, offering_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that stand still because of this offering, and of nothing else."""
    latest = (
        select(func.max(StateEvent.id))
        .where(
            StateEvent.aggregate == VOUCHER.name,
            StateEvent.aggregate_id == Voucher.id,
            StateEvent.move == "suspend",
        )
        .correlate(Voucher)
        .scalar_subquery()
    )
    because = (
        select(StateEvent.id)
        .where(StateEvent.id == latest, StateEvent.data["cause"].astext == OFFERING_SUSPENDED)
        .exists()
    )
    return _with_states(
        session, {VoucherState.SUSPENDED}, Voucher.offering_id == offering_id, because
    )


def resume_at_offering(session: Session, offering_id: UUID, *, now: datetime) -> None:
    """Let the vouchers go on that stood still because of this offering."""
    with acting_as_system(session):
        for voucher in stopped_at_offering(session, offering_id):
            resume(session, voucher, actor=SYSTEM, now=now)


def on_consent(session: Session, consent_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that stand on a consent and are not ended."""
    return _with_states(session, _NOT_ENDED, Voucher.consent_id == consent_id)


def cancel_on_consent(session: Session, consent_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Cancel and release what stands on a withdrawn consent; what was delivered stays payable."""
    _cancel_all(
        session,
        on_consent(session, consent_id),
        actor=actor,
        now=now,
        cause="consent_withdrawn",
        reason=N_("The person withdrew their consent."),
    )


def of_emergency(session: Session, case_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that were made on a case's emergency allowance and are not ended."""
    emergency = select(PlanLine.id).where(
        PlanLine.case_id == case_id, PlanLine.origin == LineOrigin.EMERGENCY.value
    )
    return _with_states(session, _NOT_ENDED, Voucher.plan_line_id.in_(emergency))


def cancel_emergency(session: Session, case_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Cancel what lies ahead of a refused emergency start; what was delivered stays payable."""
    _cancel_all(
        session,
        of_emergency(session, case_id),
        actor=actor,
        now=now,
        cause="emergency_refused",
        reason=N_("The emergency start was refused."),
    )


def _cancel_all(
    session: Session,
    vouchers: Iterable[Voucher],
    *,
    actor: Actor,
    now: datetime,
    cause: str,
    reason: str,
) -> None:
    with acting_as_system(session):
        for voucher in vouchers:
            cancel(
                session,
                voucher,
                actor=SYSTEM,
                reason=reason,
                now=now,
                cause=f"{cause}|{actor.id or ''}",
            )


def _with_states(
    session: Session, states: Iterable[VoucherState], *conditions: object
) -> Sequence[Voucher]:
    return session.scalars(
        select(Voucher)
        .where(Voucher.state.in_([state.value for state in states]), *conditions)  # type: ignore[arg-type]
        .order_by(Voucher.id)
    ).all()
