"""What vouchers do when something beneath them changes, and what they would do.

Whoever causes the change may not see the vouchers: each step looks as the system, narrowly.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from providers.referrals.services.referral_events import ReferralEnded
from providers.vetting.services.offering_events import (
    OfferingReinstated,
    OfferingsLapsed,
    OfferingSuspended,
)
from reintegration.cases.services.consent import ConsentEnds
from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.hooks import Change
from reintegration.kernel.money import by_currency
from reintegration.plans.services.emergency_decision import EmergencyRefused
from vouchers.voucher.models import Redemption, Voucher, VoucherHold
from vouchers.voucher.services import suspension

About = TypeVar("About")


def offering_suspended(session: Session, event: OfferingSuspended) -> None:
    """Hold the vouchers that are bound to the offering."""
    suspension.suspend_at_offering(session, event.offering_id, now=event.at)


def offerings_lapsed(session: Session, event: OfferingsLapsed) -> None:
    """Hold the vouchers that are bound to offerings whose approval has ended."""
    suspension.hold_at_lapsed(session, event.last_days, now=event.at)


def would_lapse(session: Session, event: OfferingsLapsed) -> list[Change]:
    """Say how many vouchers would stop."""
    found = _seen(session, suspension.at_offerings, event.offering_ids)
    return _would_stop(found)


def would_suspend(session: Session, event: OfferingSuspended) -> list[Change]:
    """Say how many vouchers would stop."""
    return _would_stop(_seen(session, suspension.at_offerings, [event.offering_id]))


def _would_stop(bound: Sequence[Voucher]) -> list[Change]:
    found = [voucher for voucher in bound if not voucher.is_held]
    return [Change(N_("Vouchers that stop for now: %(count)s"), len(found), _sums(found))]


def offering_reinstated(session: Session, event: OfferingReinstated) -> None:
    """Let go on what stood still because of the offering and of nothing else."""
    suspension.resume_at_offering(session, event.offering_id, now=event.at)


def would_resume(session: Session, event: OfferingReinstated) -> list[Change]:
    """Say how many vouchers would go on."""
    found = _seen(session, suspension.stopped_at_offering, event.offering_id)
    return [Change(N_("Vouchers that can be used again: %(count)s"), len(found), _sums(found))]


def consent_ended(session: Session, event: ConsentEnds) -> None:
    """Cancel and release what stands on consents that were withdrawn, or have lapsed."""
    found = _seen(session, suspension.on_ended, event)
    suspension.cancel_on_consent(session, found, event)


def would_cancel_on_consent(session: Session, event: ConsentEnds) -> list[Change]:
    """Say how many vouchers would be cancelled."""
    found = _seen(session, suspension.on_ended, event)
    return [Change(N_("Vouchers that are cancelled: %(count)s"), len(found), _sums(found))]


def referral_ended(session: Session, event: ReferralEnded) -> None:
    """End what stands on a referral: at once, or, when all was given, once that is recorded."""
    end = suspension.end_days if event.completed else suspension.cancel_on_referral
    end(session, _on_referral(session, event), actor=event.actor, now=event.at)


def would_end_with_referral(session: Session, event: ReferralEnded) -> list[Change]:
    """Say how many vouchers would end."""
    found = _on_referral(session, event)
    what = (
        N_("Vouchers on which nothing more is given: %(count)s")
        if event.completed
        else N_("Vouchers that are cancelled: %(count)s")
    )
    return [Change(what, len(found), _sums(found))]


def _on_referral(session: Session, event: ReferralEnded) -> Sequence[Voucher]:
    with acting_as_system(session):
        return suspension.on_referral(session, event.plan_line_id, event.referral_id)


def forget_words(session: Session, event: PersonErased) -> None:
    """Take the reasons out of the holds and deliveries of an erased person."""
    with acting_as_system(session):
        for table, words in ((VoucherHold, {"reason": "–"}), (Redemption, {"state_reason": ""})):
            of_case = update(table).where(table.case_id == event.case_id).values(words)
            session.execute(of_case.execution_options(synchronize_session="fetch"))


def emergency_refused(session: Session, event: EmergencyRefused) -> None:
    """Cancel what lies ahead of the emergency start."""
    suspension.cancel_emergency(session, event.case_id, actor=event.actor, now=event.at)


def would_cancel_emergency(session: Session, event: EmergencyRefused) -> list[Change]:
    """Say how many vouchers would be cancelled."""
    found = _seen(session, suspension.of_emergency, event.case_id)
    return [Change(N_("Vouchers that are cancelled: %(count)s"), len(found), _sums(found))]


def _seen(
    session: Session, look: Callable[[Session, About], Sequence[Voucher]], about: About
) -> Sequence[Voucher]:
    with acting_as_system(session):
        return look(session, about)


def _sums(vouchers: Sequence[Voucher]) -> dict[str, Any]:
    """Return what would no longer be promised, per currency, as text."""
    sums = by_currency(voucher.amount_free for voucher in vouchers)
    return {"count": len(vouchers), "amount": ", ".join(map(str, sums))}
