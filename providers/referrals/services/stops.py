"""What ends by itself: requests whose consent, offering or time to answer is gone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from providers.referrals.models import Referral
from providers.referrals.queries import referrals as reading
from providers.referrals.services import messages, referrals
from providers.referrals.services.disclosure import tells_contact, without_contact
from providers.referrals.states import OPEN_REFERRALS, ReferralState
from providers.vetting.services.offering_events import (
    OfferingEnds,
    OfferingsLapsed,
    OfferingSuspended,
)
from reintegration.cases.services.consent import ConsentEnds
from reintegration.cases.services.erasure import PersonErased
from reintegration.cases.states import ConsentScope
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.hooks import Change
from reintegration.kernel.locking import lock_all

_UNANSWERED = (ReferralState.DRAFT, ReferralState.REQUESTED)
_SUSPENDED = N_("The provider's offering was suspended.")
_LAPSED = N_("The approval of the provider's offering has ended.")


def stop_at_suspended_offering(session: Session, event: OfferingSuspended) -> None:
    """Cancel what was not answered; tell the case managers of what is under way.

    Whoever suspends sees no referral: these steps are the system's, and logged as such.
    """
    message = N_("%(case)s: “%(service)s” at %(provider)s is suspended. Find another.")
    _stop(session, [event.offering_id], _SUSPENDED, message, now=event.at)


def stop_at_lapsed_offerings(session: Session, event: OfferingsLapsed) -> None:
    """Do where an approval has ended what a suspension does."""
    message = N_("%(case)s: “%(service)s” at %(provider)s is approved no more. Find another.")
    _stop(session, event.offering_ids, _LAPSED, message, now=event.at)


def preview_lapsed_offerings(session: Session, event: OfferingsLapsed) -> list[Change]:
    """Count what the end of these approvals would cancel, and who would be told."""
    return _would_stop(session, event.offering_ids)


def _stop(
    session: Session, offering_ids: Collection[UUID], why: str, message: str, *, now: datetime
) -> None:
    with acting_as_system(session):
        standing = lock_all(session, reading.open_at_offerings(session, offering_ids))
        for referral in standing:
            if referral.state in _UNANSWERED:
                referrals.cancel(session, referral, actor=SYSTEM, reason=why, now=now)
        messages.tell_services(session, standing, f"suspended:{now:%Y%m%d%H%M}", message, now=now)


def warn_of_end(session: Session, event: OfferingEnds) -> None:
    """Tell the case managers of what is under way that its provider's approval ends soon."""
    message = N_("%(case)s: “%(service)s” at %(provider)s is approved until %(day)s only.")
    with acting_as_system(session):
        standing = reading.open_at_offerings(session, [event.offering_id])
        key, day = f"ends:{event.last}:{event.days}", f"{event.last:%d.%m.%Y}"
        messages.tell_services(session, standing, key, message, now=event.at, day=day)


def would_warn(session: Session, event: OfferingEnds) -> list[Change]:
    """Count whom a warning would reach."""
    with acting_as_system(session):
        count = len(reading.open_at_offerings(session, [event.offering_id]))
    message = N_("Services under way whose case managers are told: %(count)s")
    return [Change(message, count, {"count": count})]


def preview_suspended_offering(session: Session, event: OfferingSuspended) -> list[Change]:
    """Count what a suspension would cancel, and who would be told."""
    return _would_stop(session, [event.offering_id])


def _would_stop(session: Session, offering_ids: Collection[UUID]) -> list[Change]:
    with acting_as_system(session):
        found = list(reading.open_at_offerings(session, offering_ids))
    waiting = sum(1 for referral in found if referral.state in _UNANSWERED)
    return [
        Change(
            N_("Unanswered requests that are cancelled: %(count)s"), waiting, {"count": waiting}
        ),
        Change(
            N_("Services under way whose case managers are told: %(count)s"),
            len(found) - waiting,
            {"count": len(found) - waiting},
        ),
    ]


def stop_without_consent(session: Session, event: ConsentEnds) -> None:
    """Cancel every open referral that stands on consents that end; stop being in touch."""
    with acting_as_system(session):
        standing = _standing_on(session, event)
        lock_all(session, (referral.offering for referral in standing))
        telling = {referral.id for referral in _told_contact(session, event)}
        for referral in lock_all(session, [*standing, *_told_contact(session, event)]):
            if referral in standing and referral.state in OPEN_REFERRALS:
                referrals.cancel(
                    session,
                    referral,
                    actor=SYSTEM,
                    reason=event.why,
                    now=event.at,
                    announced=False,  # vouchers hear of the end of the consent themselves
                )
            if referral.id in telling:
                referrals.stop_contact(session, referral, now=event.at)


def preview_without_consent(session: Session, event: ConsentEnds) -> list[Change]:
    """Count the referrals that such an end would cancel, or whose providers are told of it."""
    cancelled, told = len(_standing_on(session, event)), len(_told_contact(session, event))
    message = N_("Requests that no longer say how to be in touch: %(count)s")
    return [
        Change(N_("Referrals that are cancelled: %(count)s"), cancelled, {"count": cancelled}),
        Change(message, told, {"count": told}),
    ]


def _told_contact(session: Session, event: ConsentEnds) -> list[Referral]:
    cases = [ended.case_id for ended in event.ended if ended.scope == ConsentScope.CONTACT]
    return [one for one in reading.of_cases(session, cases) if tells_contact(one.disclosure)]


def _standing_on(session: Session, event: ConsentEnds) -> list[Referral]:
    """Return the open referrals that end with these consents; without a file none goes on."""
    files = [one.case_id for one in event.ended if one.scope == ConsentScope.CASE_MANAGEMENT]
    shared = [one for one in event.ended if one.scope == ConsentScope.SHARE_WITH_PROVIDER]
    found = [*reading.open_in_cases(session, files), *reading.open_without(session, shared)]
    return list({referral.id: referral for referral in found}.values())


def forget_words(session: Session, event: PersonErased) -> None:
    """Take notes, reasons and ways to be in touch out of the referrals of an erased person."""
    with acting_as_system(session):
        for referral in lock_all(session, reading.of_cases(session, [event.case_id])):
            referral.disclosure = {**without_contact(referral.disclosure), "note": ""}
            referral.status_reason = ""
        session.flush()


def expire_referrals(session: Session, *, now: datetime) -> int:
    """End the requests that nobody answered in time; return how many."""
    due = reading.due_for_expiry(session, now)
    for referral in due:
        referrals.expire(session, referral, actor=SYSTEM, now=now)
    return len(due)
