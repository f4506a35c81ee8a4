"""What stops, frees and ends vouchers when something beneath them changes."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, false, or_, select
from sqlalchemy.orm import Session

from providers.referrals.models import Referral
from reintegration.cases.services.consent import ConsentEnds
from reintegration.cases.states import ConsentScope
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.locking import lock, lock_all
from reintegration.plans.models import PlanLine
from reintegration.plans.states import LineOrigin
from vouchers.voucher.models import Voucher, VoucherHold
from vouchers.voucher.queries.holds import live_because
from vouchers.voucher.services import holds
from vouchers.voucher.services.cancelling import cancel
from vouchers.voucher.services.validity import is_over
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import NOT_ISSUED, OPEN_STATES, HoldCause, VoucherState

_SUSPENDED = N_("The provider's offering was suspended.")
_LAPSED = N_("The approval of the provider's offering has ended.")
_NOT_ENDED = OPEN_STATES | NOT_ISSUED


def at_offerings(session: Session, offering_ids: Collection[UUID]) -> Sequence[Voucher]:
    """Return the vouchers that could be redeemed at some offerings; open ones go elsewhere."""
    held_by_it = select(VoucherHold.voucher_id).where(
        VoucherHold.voucher_id == Voucher.id,
        VoucherHold.cause == HoldCause.OFFERING_SUSPENDED,
        VoucherHold.reference == cast(Voucher.offering_id, String),
        VoucherHold.lifted_at.is_(None),
    )
    return _with_states(
        session, OPEN_STATES, Voucher.offering_id.in_(offering_ids), ~held_by_it.exists()
    )


def suspend_at_offering(session: Session, offering_id: UUID, *, now: datetime) -> None:
    """Hold the vouchers bound to an offering that was suspended, whatever else holds them."""
    _hold_at(session, {offering_id: None}, _SUSPENDED, now=now)


def hold_at_lapsed(session: Session, last_days: Mapping[UUID, date], *, now: datetime) -> None:
    """Hold the vouchers bound to offerings whose approval has ended, whatever else holds them.

    What was delivered by its last day was approved, and may still be recorded.
    """
    _hold_at(session, last_days, _LAPSED, now=now)


def _hold_at(
    session: Session, through: Mapping[UUID, date | None], reason: str, *, now: datetime
) -> None:
    """Hold what is bound there, locked first: one that is used up at this moment is left alone."""
    with acting_as_system(session):
        for voucher in _lock_those(session, at_offerings(session, [*through]), OPEN_STATES):
            assert voucher.offering_id is not None
            _hold(session, voucher, reason, through[voucher.offering_id], now=now)


def hold_bound_late(session: Session, voucher_id: UUID, last: date, *, now: datetime) -> None:
    """Hold a voucher that a delivery has just bound to an offering whose approval had ended."""
    with acting_as_system(session):
        _hold(session, session.get_one(Voucher, voucher_id), _LAPSED, last, now=now)


def _hold(
    session: Session, voucher: Voucher, reason: str, through: date | None, *, now: datetime
) -> None:
    lock(session, voucher)
    holds.place(
        session,
        voucher,
        HoldCause.OFFERING_SUSPENDED,
        actor=SYSTEM,
        now=now,
        reason=reason,
        reference=str(voucher.offering_id),
        through=through,
    )


def held_by_offering(session: Session, offering_id: UUID) -> Sequence[VoucherHold]:
    """Return the holds that live because this offering is suspended."""
    return live_because(session, HoldCause.OFFERING_SUSPENDED, str(offering_id))


def stopped_at_offering(session: Session, offering_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that stand still because of this offering, and of nothing else."""
    ids = [hold.voucher_id for hold in held_by_offering(session, offering_id)]
    return _with_states(session, OPEN_STATES, Voucher.id.in_(ids), Voucher.live_holds == 1)


def resume_at_offering(session: Session, offering_id: UUID, *, now: datetime) -> None:
    """Lift the holds of this offering; what else holds a voucher stays in force."""
    with acting_as_system(session):
        held = held_by_offering(session, offering_id)
        stopped = select(Voucher).where(Voucher.id.in_([hold.voucher_id for hold in held]))
        still = {one.id for one in _lock_those(session, session.scalars(stopped), OPEN_STATES)}
        for hold in sorted(held, key=lambda one: one.id):
            if hold.voucher_id in still:
                holds.lift(session, hold, actor=SYSTEM, now=now)


def on_ended(session: Session, ends: ConsentEnds) -> Sequence[Voucher]:
    """Return the vouchers that stand on consents that end, and are not ended themselves.

    Without a file nothing of the case goes on. One that is past its own last day has expired.
    """
    lost: list[ColumnElement[bool]] = [
        Voucher.case_id == ended.case_id
        if ended.scope == ConsentScope.CASE_MANAGEMENT
        else Voucher.consent_id.in_(ended.consent_ids) | _asked_under(ended.consent_ids)
        for ended in ends.ended
    ]
    expired = Voucher.state.in_(OPEN_STATES) & is_over(Voucher.valid_until, local_day(ends.at))
    return _with_states(session, _NOT_ENDED, or_(false(), *lost), ~expired)


def _asked_under(consent_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether its referral stands on one of these consents, though the voucher's is another."""
    asked = select(Referral.id).where(
        Referral.id == Voucher.referral_id, Referral.consent_id.in_(consent_ids)
    )
    return asked.exists()


def cancel_on_consent(session: Session, affected: Iterable[Voucher], ends: ConsentEnds) -> None:
    """Cancel and release what stood on a consent that ends; what was delivered stays payable."""
    _cancel_all(session, affected, ends.cause, ends.why, actor=ends.actor, now=ends.at)


def on_referral(session: Session, plan_line_id: UUID, referral_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that stand on a referral and are not ended."""
    return _with_states(
        session,
        _NOT_ENDED,
        Voucher.plan_line_id == plan_line_id,
        Voucher.referral_id == referral_id,
    )


def cancel_on_referral(
    session: Session, affected: Iterable[Voucher], *, actor: Actor, now: datetime
) -> None:
    """Cancel and release what stood on a referral that came to nothing."""
    reason = N_("The request to the provider ended.")
    _cancel_all(session, affected, "referral_ended", reason, actor=actor, now=now)


def end_days(session: Session, affected: Iterable[Voucher], *, actor: Actor, now: datetime) -> None:
    """Let nothing more be given from tomorrow on; what was given can still be recorded for a while.

    What has not begun by then is cancelled.
    """
    today, reason = local_day(now), N_("The provider has completed the service.")
    with acting_as_system(session):
        held = _lock_those(session, affected, _NOT_ENDED)
        for voucher in held:
            if voucher.state in OPEN_STATES and voucher.valid_from <= today < voucher.valid_until:
                voucher.valid_until = today
                VOUCHER.fire(session, voucher, "shorten", actor=SYSTEM, reason=reason, now=now)
        left = [one for one in held if one.state in NOT_ISSUED or one.valid_until > today]
    _cancel_all(session, left, "referral_ended", reason, actor=actor, now=now)


def of_emergency(session: Session, case_id: UUID) -> Sequence[Voucher]:
    """Return the vouchers that were made on a case's emergency allowance and are not ended."""
    emergency = select(PlanLine.id).where(
        PlanLine.case_id == case_id, PlanLine.origin == LineOrigin.EMERGENCY
    )
    return _with_states(session, _NOT_ENDED, Voucher.plan_line_id.in_(emergency))


def cancel_emergency(session: Session, case_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Cancel what lies ahead of a refused emergency start; what was delivered stays payable."""
    affected, reason = of_emergency(session, case_id), N_("The emergency start was refused.")
    _cancel_all(session, affected, "emergency_refused", reason, actor=actor, now=now)


def _cancel_all(
    session: Session,
    vouchers: Iterable[Voucher],
    cause: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    with acting_as_system(session):
        held = _lock_those(session, vouchers, _NOT_ENDED)
        for voucher in sorted(held, key=lambda one: one.budget_line_id):  # each gives back there
            cancel(
                session,
                voucher,
                actor=SYSTEM,
                reason=reason,
                now=now,
                cause=f"{cause}|{actor.id or ''}",
            )


def _lock_those(
    session: Session, vouchers: Iterable[Voucher], states: Container[str]
) -> list[Voucher]:
    """Lock vouchers and return those that still are in one of `states`; the others moved on."""
    return [voucher for voucher in lock_all(session, vouchers) if voucher.state in states]


def _with_states(
    session: Session, states: Iterable[VoucherState], *conditions: ColumnElement[bool]
) -> Sequence[Voucher]:
    return session.scalars(
        select(Voucher).where(Voucher.state.in_(states), *conditions).order_by(Voucher.id)
    ).all()
