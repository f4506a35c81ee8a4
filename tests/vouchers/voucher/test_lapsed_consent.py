"""A consent that ends by its date stops what a withdrawal stops, and is said ahead."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.referrals.services import referrals
from providers.referrals.states import ReferralState
from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import Consent
from reintegration.cases.services import consent_ends
from reintegration.cases.states import ConsentScope, ContactChannel
from tests.factories.casework import consent_of, make_casework, say_yes
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import make_voucher
from tests.providers.makers import drafted, sent
from vouchers.voucher.services import issuing

KEEP, SHARE, CONTACT = (
    ConsentScope.CASE_MANAGEMENT,
    ConsentScope.SHARE_WITH_PROVIDER,
    ConsentScope.CONTACT,
)
DAY = timedelta(days=1)


def told(session, user, part):
    own = InboxMessage.user_id == user.id, InboxMessage.message.contains(part)
    return session.scalars(select(InboxMessage).where(*own)).all()


def lapse(session, work, scope):
    """Let the last day of a consent be yesterday, and sweep."""
    consent_of(session, work.case, scope).valid_until = TODAY - DAY
    session.flush()
    ended = consent_ends.end_lapsed(session, now=NOW)
    session.expire_all()
    return ended


def draft_voucher(session, cast, work):
    promise = issuing.Promise(work.line, units=1, valid_from=TODAY, valid_until=TODAY + 5 * DAY)
    return issuing.draft(session, promise, actor=actor(session, cast.ana), now=NOW)


@pytest.mark.parametrize("scope", [KEEP, SHARE])
def test_what_stands_on_a_consent_ends_with_its_last_day(session, cast, scope):
    work = make_casework(session, cast)
    asked, elsewhere = sent(session, cast, work), sent(session, cast, make_casework(session, cast))
    voucher = draft_voucher(session, cast, work)
    assert lapse(session, work, scope) == 1
    assert asked.state == ReferralState.CANCELLED
    assert asked.status_reason == "The consent has ended."
    assert voucher.state == "cancelled"
    assert elsewhere.state == ReferralState.REQUESTED


def test_a_consent_holds_through_its_last_day_and_is_swept_once(session, cast):
    work = make_casework(session, cast)
    asked = sent(session, cast, work)
    consent_of(session, work.case, SHARE).valid_until = TODAY
    session.flush()
    assert consent_ends.end_lapsed(session, now=NOW) == 0
    assert asked.state == ReferralState.REQUESTED
    tomorrow = NOW + DAY
    assert [consent_ends.end_lapsed(session, now=tomorrow) for _ in range(2)] == [1, 0]
    assert asked.state == ReferralState.CANCELLED


def test_a_way_to_be_in_touch_is_taken_back_on_the_day_after(session, cast):
    work = make_casework(session, cast)
    work.case.contact_channel, work.case.contact_hours = ContactChannel.PHONE, "10-13"
    say_yes(session, cast, work.case, CONTACT)
    asked = sent(session, cast, work)
    lapse(session, work, CONTACT)
    assert asked.disclosure["contact_channel"] == ContactChannel.NONE
    assert asked.state == ReferralState.REQUESTED


def test_what_the_person_agreed_to_anew_goes_on(session, cast):
    work = make_casework(session, cast)
    asked = sent(session, cast, work)
    old = consent_of(session, work.case, SHARE)
    old.valid_until = TODAY - DAY
    say_yes(session, cast, work.case, SHARE)
    assert consent_ends.end_lapsed(session, now=NOW) == 0
    session.expire_all()
    assert asked.state == ReferralState.REQUESTED
    referrals.accept(session, asked, actor=actor(session, cast.corina), now=NOW)
    assert asked.state == ReferralState.ACCEPTED


def test_what_a_general_yes_covered_ends_with_it_though_it_stood_on_a_narrow_one(session, cast):
    work = make_casework(session, cast)
    narrow = say_yes(session, cast, work.case, SHARE, provider=cast.provider, days=5)
    asked = sent(session, cast, work)
    assert asked.consent_id == narrow.id
    six_days_on = NOW + timedelta(days=6)
    assert consent_ends.end_lapsed(session, now=six_days_on) == 0  # the general one covers it
    general = session.scalars(
        select(Consent).where(
            Consent.case_id == work.case.id, Consent.scope == SHARE, Consent.provider_id.is_(None)
        )
    ).one()
    general.valid_until = TODAY + timedelta(days=6)
    session.flush()
    consent_ends.end_lapsed(session, now=NOW + timedelta(days=7))
    assert asked.state == ReferralState.CANCELLED


def test_a_voucher_past_its_own_last_day_has_expired_and_is_not_cancelled(session, cast):
    issued = make_voucher(session, cast, valid_until=TODAY + 3 * DAY)
    keep = consent_of(session, issued.work.case, KEEP)
    keep.valid_until = TODAY + 3 * DAY
    session.flush()
    consent_ends.end_lapsed(session, now=NOW + 4 * DAY)
    session.expire_all()
    assert issued.voucher.state == "issued"  # the sweep of vouchers says that it expired


def test_the_case_manager_is_told_a_month_and_a_week_before_once_each(session, cast):
    work = make_casework(session, cast)
    for scope in (KEEP, SHARE):
        consent_of(session, work.case, scope).valid_until = TODAY + timedelta(days=30)
    session.flush()
    for day in range(31):
        consent_ends.warn_ahead(session, now=NOW + day * DAY)
    warned = told(session, cast.ana, "Ask whether it goes on, and write it")
    assert [one.sent_at for one in warned] == [NOW, NOW + 23 * DAY]
    assert {one.params["code"] for one in warned} == {work.case.code}
    assert {one.link for one in warned} == {f"/cases/{work.case.id}/consent"}
    consent_ends.end_lapsed(session, now=NOW + 31 * DAY)
    [ended] = told(session, cast.ana, "what stood on it has stopped")
    assert ended.link == f"/cases/{work.case.id}/consent"


def test_nobody_is_warned_of_a_consent_that_was_given_anew(session, cast):
    work = make_casework(session, cast)
    consent_of(session, work.case, SHARE).valid_until = TODAY + 3 * DAY
    say_yes(session, cast, work.case, SHARE)
    assert consent_ends.warn_ahead(session, now=NOW) == 0
    assert told(session, cast.ana, "A consent in case") == []


def test_today_asks_again_until_somebody_has_asked(session, cast, sign_in):
    work = make_casework(session, cast)
    lapse(session, work, KEEP)
    browser = sign_in(cast.ana)
    said = f"Consent has ended in case {work.case.code}: ask again."
    assert said in browser.get("/account/today?lang=en").text
    say_yes(session, cast, work.case, KEEP)
    assert said not in browser.get("/account/today?lang=en").text


def test_the_history_says_that_a_consent_ended_by_its_date(session, cast, sign_in):
    work = make_casework(session, cast)
    lapse(session, work, KEEP)
    page = sign_in(cast.ana).get(f"/cases/{work.case.id}?lang=en").text
    assert "Consent ended by its date" in page


def test_what_was_not_sent_yet_ends_too(session, cast):
    work = make_casework(session, cast)
    referral = drafted(session, cast, work)
    lapse(session, work, SHARE)
    assert referral.state == ReferralState.CANCELLED
