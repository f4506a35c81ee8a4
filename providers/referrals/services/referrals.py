"""Referrals: asking one provider for one planned service, and what becomes of it.

A place is held from the acceptance to the end. The referral is locked first, its offering second,
everywhere, so that two answers at once never wait for each other in a circle.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.queries.referrals import units_spoken_for
from providers.referrals.services import disclosure, messages
from providers.referrals.services.disclosure import Asked
from providers.referrals.services.pseudonyms import pseudonym_for
from providers.referrals.services.referral_events import ReferralEnded
from providers.referrals.services.referral_moves import REFERRAL
from providers.referrals.states import HOLDS_A_PLACE, ReferralState, RejectionReason
from reintegration.cases.models import Consent
from reintegration.cases.queries.consents import agreed_contact, arranging_until
from reintegration.cases.services import agreed
from reintegration.cases.services.open_cases import require_open
from reintegration.kernel import clock, hooks, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.rule_kinds import Hours
from reintegration.plans.models import PlanLine

ANSWER_WITHIN = DatedRule(
    code="referrals.answer_within",
    title=N_("A provider answers a request within"),
    says=N_("After this time nobody can accept it any more, and the case manager is told."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Hours(4, 336),
    initially=timedelta(hours=72),
)


def draft(
    session: Session,
    *,
    actor: Actor,
    found: LineWithCase,
    offering: Offering,
    asked: Asked,
    match: dict[str, Any] | None = None,
    now: datetime,
) -> Referral:
    """Write a referral that nobody sees yet.

    Raises Conflict without an approved line, a vetted offering or a live consent, and Invalid
    when more units are asked for than the line has left.
    """
    permissions.demand(actor, ReferralPermission.SEND, found)
    require_open(session, found.case.id)
    today = clock.local_day(now)
    _check_line(found.line)
    _check_offering(offering, asked.starts_on)
    _check_asked(session, found, asked, today)
    consent = _consent(session, found, offering, today)
    pseudonym = pseudonym_for(session, case_id=found.case.id, provider_id=offering.provider_id)
    referral = Referral(
        id=new_id(),
        case_id=found.case.id,
        plan_line_id=found.line.id,
        provider_id=offering.provider_id,
        offering_id=offering.id,
        consent_id=consent.id,
        pseudonym=pseudonym,
        category=offering.category,
        unit=offering.unit,
        units=asked.units,
        unit_price=offering.price,
        starts_on=asked.starts_on,
        match=match or {},
        requested_by=actor.id,
        created_at=now,
        disclosure=disclosure.build(
            found.case,
            offering,
            pseudonym=pseudonym,
            contact=agreed_contact(session, found.case, today),
            asked=asked,
        ),
    )
    session.add(referral)
    session.flush()
    return referral


def change_draft(
    session: Session,
    referral: Referral,
    *,
    actor: Actor,
    found: LineWithCase,
    asked: Asked,
    now: datetime,
) -> Referral:
    """Write a draft anew from the facts of now; raise Conflict once it was sent."""
    permissions.demand(actor, ReferralPermission.SEND, referral)
    require_open(session, referral.case_id)
    offering = referral.offering
    today = clock.local_day(now)
    consent = _consent(session, found, offering, today)
    lock(session, referral)
    _must_be_draft(referral)
    _check_line(found.line)
    _check_offering(offering, asked.starts_on)
    _check_asked(session, found, asked, today)
    referral.consent_id = consent.id
    referral.units, referral.starts_on = asked.units, asked.starts_on
    referral.currency, referral.unit_price = offering.currency, offering.price
    referral.disclosure = disclosure.build(
        found.case,
        offering,
        pseudonym=referral.pseudonym,
        contact=agreed_contact(session, found.case, today),
        asked=asked,
    )
    session.flush()
    return referral


def send(
    session: Session, referral: Referral, *, actor: Actor, found: LineWithCase, now: datetime
) -> Referral:
    """Send exactly what was previewed; it is the receipt from now on."""
    require_open(session, referral.case_id)
    today = clock.local_day(now)
    consent = _consent(session, found, referral.offering, today)
    lock(session, referral)
    REFERRAL.target(referral.state, "send")
    _check_line(found.line)
    _check_offering(referral.offering, referral.starts_on)
    _check_asked(session, found, Asked(referral.units, max(referral.starts_on, today)), today)
    referral.consent_id = consent.id
    REFERRAL.fire(
        session,
        referral,
        "send",
        actor=actor,
        now=now,
        data={
            "disclosed": sorted(referral.disclosure),
            "consent": str(referral.consent_id),
            **stood(today, ANSWER_WITHIN),
        },
    )
    within = ANSWER_WITHIN.on(today)
    referral.requested_at, referral.answer_by = now, now + within
    session.flush()
    message = N_("You have a new request. It says until when to answer.")
    messages.tell_provider(session, referral, "sent", messages.NEW_REQUEST, message, now=now)
    return referral


def accept(session: Session, referral: Referral, *, actor: Actor, now: datetime) -> Referral:
    """Accept and hold a place; raise Conflict when none is free, or the consent has ended."""
    require_open(session, referral.case_id)
    lock(session, referral.offering)
    lock(session, referral)
    REFERRAL.target(referral.state, "accept")
    permissions.demand(actor, ReferralPermission.ANSWER, referral)
    _refuse_late(referral, now)
    _check_offering(referral.offering, clock.local_day(now))
    _check_still_agreed(session, referral, clock.local_day(now))
    _hold_place(session, referral.offering)
    _answer(session, referral, "accept", actor=actor, now=now)
    message = N_("%(provider)s accepted your request. You can issue a voucher.")
    messages.tell_case(session, referral, "accepted", message, now=now)
    return referral


def reject(
    session: Session,
    referral: Referral,
    *,
    actor: Actor,
    reason: RejectionReason,
    comment: str = "",
    now: datetime,
) -> Referral:
    """Decline with a reason from the list; the comment is for the case manager."""
    lock(session, referral)
    _answer(session, referral, "reject", comment or reason, actor=actor, now=now)
    referral.rejection, referral.status_reason = reason, comment.strip()
    referral.ended_at = now
    session.flush()
    message = N_("%(provider)s declined your request. Look for another provider.")
    messages.tell_case(session, referral, "rejected", message, now=now)
    return referral


def start(session: Session, referral: Referral, *, actor: Actor, now: datetime) -> Referral:
    """Say that the service has begun."""
    require_open(session, referral.case_id)
    lock(session, referral)
    REFERRAL.fire(session, referral, "start", actor=actor, now=now)
    return referral


def complete(session: Session, referral: Referral, *, actor: Actor, now: datetime) -> Referral:
    """Say that everything was delivered; the place is free again."""
    _end(session, referral, "complete", actor=actor, now=now)
    message = N_("%(provider)s has completed a service.")
    messages.tell_case(session, referral, "completed", message, now=now)
    return referral


def fail(
    session: Session, referral: Referral, *, actor: Actor, reason: str, now: datetime
) -> Referral:
    """Say that it will not be delivered to its end, and why; the place is free again."""
    _end(session, referral, "fail", reason, actor=actor, now=now)
    message = N_("%(provider)s could not deliver a service. Read why, and look for another.")
    messages.tell_case(session, referral, "failed", message, now=now)
    return referral


def cancel(
    session: Session,
    referral: Referral,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    announced: bool = True,
) -> Referral:
    """Take a request back; the provider learns that it ended, not why.

    Its vouchers end with it, unless they hear of what ended it themselves (`announced`).
    """
    was_sent = referral.requested_at is not None
    _end(session, referral, "cancel", reason, actor=actor, now=now, announced=announced)
    if was_sent:
        message = N_("A request was cancelled.")
        messages.tell_provider(
            session, referral, "cancelled", messages.CHANGED_REQUEST, message, now=now
        )
    return referral


def stop_contact(session: Session, referral: Referral, *, now: datetime) -> None:
    """Tell the provider no longer how to be in touch, and whoever read it that it ended."""
    lock(session, referral)
    referral.disclosure = disclosure.without_contact(referral.disclosure)
    session.flush()
    if referral.requested_at is None:
        return
    message = N_("Do not get in touch with this person any more: see the request.")
    event = f"no_contact:{now:%Y%m%d%H%M}"
    messages.tell_provider(session, referral, event, messages.CHANGED_REQUEST, message, now=now)


def expire(session: Session, referral: Referral, *, actor: Actor, now: datetime) -> Referral:
    """End a request that nobody answered in time; it held no place yet."""
    lock(session, referral)
    _close(session, referral, "expire", actor=actor, now=now)
    message = N_("%(provider)s did not answer in time. Look for another provider.")
    messages.tell_case(session, referral, "expired", message, now=now)
    return referral


def units_left(session: Session, found: LineWithCase) -> int:
    """Return how many approved units of a line nobody was asked for yet."""
    return max(found.line.approved_units - units_spoken_for(session, found.line.id), 0)


def _answer(
    session: Session, referral: Referral, move: str, why: str = "", *, actor: Actor, now: datetime
) -> None:
    REFERRAL.fire(session, referral, move, actor=actor, now=now, reason=why or None)
    referral.answered_at, referral.answered_by = now, actor.id
    session.flush()


def _end(
    session: Session,
    referral: Referral,
    move: str,
    why: str = "",
    *,
    actor: Actor,
    now: datetime,
    announced: bool = True,
) -> None:
    lock(session, referral.offering)
    lock(session, referral)
    held = referral.state in HOLDS_A_PLACE
    _close(session, referral, move, why, actor=actor, now=now)
    if held:
        referral.offering.places_taken = max(referral.offering.places_taken - 1, 0)
    session.flush()
    if held and announced:
        hooks.announce(session, _ended(referral, move, actor=actor, now=now))


def preview_end(
    session: Session, referral: Referral, move: str, *, actor: Actor, now: datetime
) -> list[hooks.Change]:
    """Return what would end with a referral."""
    if referral.state not in HOLDS_A_PLACE:
        return []
    return hooks.preview(session, _ended(referral, move, actor=actor, now=now))


def _ended(referral: Referral, move: str, *, actor: Actor, now: datetime) -> ReferralEnded:
    completed = move == "complete"
    return ReferralEnded(referral.id, referral.plan_line_id, completed, now, actor)


def _close(
    session: Session, referral: Referral, move: str, why: str = "", *, actor: Actor, now: datetime
) -> None:
    REFERRAL.fire(session, referral, move, actor=actor, now=now, reason=why or None)
    referral.ended_at, referral.status_reason = now, why.strip()
    session.flush()


def _hold_place(session: Session, offering: Offering) -> None:
    if offering.capacity is not None and offering.places_taken >= offering.capacity:
        raise Conflict(N_("All places are taken now. Decline, or free a place first."), code="full")
    offering.places_taken += 1
    session.flush()


def _check_line(line: PlanLine) -> None:
    if line.removed_at is not None:
        raise Conflict(N_("This service was taken out of the plan."), code="line_removed")
    if not line.is_approved:
        raise Conflict(N_("The planned service is not approved yet."), code="line")


def _check_offering(offering: Offering, starts_on: date) -> None:
    until = offering.approved_until
    if offering.state != OfferingState.APPROVED or (until is not None and until < starts_on):
        raise Conflict(N_("This service is not approved for that day."), code="offering")


def _check_asked(session: Session, found: LineWithCase, asked: Asked, today: date) -> None:
    left = units_left(session, found)
    if not 1 <= asked.units <= left:
        raise Invalid(
            N_("Ask for at least 1 and at most %(left)s: that is what the plan has left."),
            code="units",
            field="units",
            left=left,
        )
    if asked.starts_on < today:
        raise Invalid(N_("The first day lies in the past."), code="starts_on", field="starts_on")


def _consent(session: Session, found: LineWithCase, offering: Offering, today: date) -> Consent:
    return agreed.require_shared(session, found.case.id, offering.provider_id, today=today).sharing


def _check_still_agreed(session: Session, referral: Referral, today: date) -> None:
    """The one who answers may not see the consent; whether it holds decides all the same."""
    with acting_as_system(session):
        until = arranging_until(session, referral.case_id, referral.provider_id, today)
    if until is None:
        raise Conflict(
            N_("This request can no longer be accepted: its permission has ended."), code="consent"
        )


def _refuse_late(referral: Referral, now: datetime) -> None:
    """Raise Conflict once the time to answer has passed, whether the sweep has come by or not."""
    if referral.answer_by is not None and referral.answer_by < now:
        raise Conflict(
            N_("The time to answer ended on %(when)s. The case worker is looking for another way."),
            code="late",
            when=referral.answer_by,
        )


def _must_be_draft(referral: Referral) -> None:
    if referral.state != ReferralState.DRAFT:
        raise Conflict(N_("It was sent already and can no longer change."), code="sent")
