"""Each scope of consent stops what it covers when it is taken back, and the page says so before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.referrals.services import referrals
from providers.referrals.states import ReferralState
from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import Consent
from reintegration.cases.services import consent as consents
from reintegration.cases.states import ConsentScope, ContactChannel
from reintegration.kernel.errors import Conflict, DomainError, Invalid
from reintegration.plans.services import approval, needs, planning
from tests.factories.casework import consent_of, make_casework, say_yes
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, make_voucher
from tests.plans.plan_makers import a_step
from tests.providers.makers import drafted, sent
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import issuing
from vouchers.voucher.states import RedemptionState

KEEP, CONTACT = ConsentScope.CASE_MANAGEMENT, ConsentScope.CONTACT
STATISTICS = ConsentScope.ANONYMISED_STATISTICS
NOT_KEPT = "not_kept"


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def changes(session, cast, consent):
    found = consents.preview(session, consent, actor=actor(session, cast.ana), now=NOW)
    return {change.message: change.count for change in found}


def withdraw(session, cast, work, scope):
    consent = consent_of(session, work.case, scope)
    ana = actor(session, cast.ana)
    consents.withdraw(session, consent, actor=ana, case=work.case, now=NOW)
    session.expire_all()


def reachable(session, cast, work):
    """Let the person agree to be called, in the morning."""
    work.case.contact_channel, work.case.contact_hours = ContactChannel.PHONE, "10-13"
    say_yes(session, cast, work.case, CONTACT)


def test_a_voucher_and_a_referral_end_with_the_consent_to_keep_a_file(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    waiting = sent(session, cast, make_casework(session, cast))
    keep = consent_of(session, issued.work.case, KEEP)
    assert changes(session, cast, keep) == {
        "Vouchers that are cancelled: %(count)s": 1,
        "Referrals that are cancelled: %(count)s": 1,
    }
    withdraw(session, cast, issued.work, KEEP)
    assert issued.voucher.state == "cancelled"
    assert waiting.state == ReferralState.REQUESTED  # another person's


def test_without_the_consent_to_keep_a_file_no_voucher_is_made_or_issued(session, cast):
    issued = make_voucher(session, cast)
    withdraw(session, cast, issued.work, KEEP)
    promise = issuing.Promise(
        issued.work.line, units=1, valid_from=TODAY, valid_until=TODAY + timedelta(days=5)
    )
    with refused(Conflict, NOT_KEPT):
        issuing.draft(session, promise, actor=actor(session, cast.ana), now=NOW)


def test_without_the_consent_to_keep_a_file_no_provider_is_asked(session, cast):
    work = make_casework(session, cast)
    withdraw(session, cast, work, KEEP)
    with refused(Conflict, NOT_KEPT):
        drafted(session, cast, work)


def test_without_the_consent_to_keep_a_file_the_plan_is_neither_written_nor_sent(session, cast):
    work = make_casework(session, cast)
    withdraw(session, cast, work, KEEP)
    ana, plan = actor(session, cast.ana), work.plan
    with refused(Conflict, NOT_KEPT):
        planning.add_milestone(
            session, plan, actor=ana, step=a_step(), revision=plan.revision, now=NOW
        )
    plan.state = "changed"
    session.flush()
    with refused(Conflict, NOT_KEPT):
        approval.submit(session, plan, actor=ana, revision=plan.revision, now=NOW)
    with refused(Conflict, NOT_KEPT):
        needs.add_need(
            session,
            work.case,
            actor=ana,
            domain="health",
            priority="low",
            description="Somn",
            now=NOW,
        )


def test_saying_no_to_statistics_stops_nothing(session, cast):
    work = make_casework(session, cast)
    say_yes(session, cast, work.case, STATISTICS)
    waiting = sent(session, cast, work, units=3)
    withdraw(session, cast, work, STATISTICS)
    assert waiting.state == ReferralState.REQUESTED
    referrals.accept(session, waiting, actor=actor(session, cast.corina), now=NOW)
    assert drafted(session, cast, work, units=1).state == ReferralState.DRAFT


def test_a_plan_that_waits_is_not_approved_without_the_consent_to_keep_a_file(session, cast):
    work = make_casework(session, cast)
    work.plan.state = "changed"
    session.flush()
    ana, plan = actor(session, cast.ana), work.plan
    number = approval.submit(session, plan, actor=ana, revision=plan.revision, now=NOW).number
    withdraw(session, cast, work, KEEP)
    with refused(Conflict, NOT_KEPT):
        approval.approve(session, plan, actor=actor(session, cast.sergiu), number=number, now=NOW)


def test_a_voucher_outlives_no_consent_that_it_stands_on(session, cast):
    work = make_casework(session, cast)
    consent_of(session, work.case, KEEP).valid_until = TODAY + timedelta(days=20)
    session.flush()
    with refused(Invalid, "valid_until"):
        make_voucher(session, cast, work, valid_until=TODAY + timedelta(days=21))


def test_a_way_to_be_in_touch_is_told_only_to_whom_the_person_agreed(session, cast):
    work = make_casework(session, cast)
    work.case.contact_channel, work.case.contact_hours = ContactChannel.PHONE, "10-13"
    silent = drafted(session, cast, work).disclosure
    assert (silent["contact_channel"], silent["contact_hours"]) == (ContactChannel.NONE, "")
    reachable(session, cast, work)
    told = drafted(session, cast, work).disclosure
    assert (told["contact_channel"], told["contact_hours"]) == (ContactChannel.PHONE, "10-13")


def test_a_withdrawn_consent_to_contact_takes_the_way_back_from_who_has_it(session, cast):
    work = make_casework(session, cast)
    reachable(session, cast, work)
    referral = sent(session, cast, work)
    referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)
    contact = consent_of(session, work.case, CONTACT)
    message = "Requests that no longer say how to be in touch: %(count)s"
    assert changes(session, cast, contact) == {message: 1}
    withdraw(session, cast, work, CONTACT)
    assert referral.disclosure["contact_channel"] == ContactChannel.NONE
    assert referral.disclosure["contact_hours"] == ""
    assert referral.state == ReferralState.ACCEPTED
    told = select(InboxMessage).where(
        InboxMessage.user_id == cast.corina.id, InboxMessage.message.contains("Do not get in touch")
    )
    assert session.scalars(told).one()


def test_a_request_that_has_ended_tells_no_longer_how_to_be_in_touch_either(session, cast):
    work = make_casework(session, cast)
    reachable(session, cast, work)
    referral = sent(session, cast, work)
    corina = actor(session, cast.corina)
    referrals.accept(session, referral, actor=corina, now=NOW)
    referrals.complete(session, referral, actor=corina, now=NOW)
    withdraw(session, cast, work, CONTACT)
    assert (referral.state, referral.disclosure["contact_hours"]) == (ReferralState.COMPLETED, "")
    assert referral.disclosure["contact_channel"] == ContactChannel.NONE


def test_the_person_can_agree_again_and_what_was_given_is_paid(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued)
    withdraw(session, cast, issued.work, KEEP)
    delivery = session.scalars(select(Redemption)).one()
    assert (delivery.state, delivery.amount_minor) == (RedemptionState.ACCEPTED, 50_000)
    say_yes(session, cast, issued.work.case, KEEP)
    assert drafted(session, cast, issued.work).state == ReferralState.DRAFT


@pytest.mark.parametrize("scope", ConsentScope)
def test_the_page_says_what_is_no_longer_done(session, cast, sign_in, scope):
    work = make_casework(session, cast)
    consent = session.scalar(
        select(Consent).where(Consent.case_id == work.case.id, Consent.scope == scope)
    )
    if consent is None:
        consent = say_yes(session, cast, work.case, scope)
    session.commit()
    browser = sign_in(cast.ana)
    page = browser.get(f"/cases/{work.case.id}/consent/{consent.id}/withdraw?lang=en").text
    assert scope.when_withdrawn in page
