"""A service that lost its provider asks for another one, on Today and on the plan, until it has one."""

from datetime import timedelta

import pytest

from providers.directory.states import OfferingState
from providers.referrals.queries import stranded
from providers.referrals.services import referrals
from providers.referrals.states import RejectionReason
from providers.vetting.services import expiry, vetting
from reintegration.cases.services import consent
from reintegration.cases.states import ConsentScope
from reintegration.plans.states import Priority
from tests.factories.casework import consent_of, make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import make_voucher
from tests.providers.makers import COUNSELLING, accepted, drafted, offering_in, sent

ANOTHER = "Find another provider"


def suspend(session, cast):
    offering = cast.offerings[COUNSELLING]
    vera = actor(session, cast.vera)
    vetting.suspend(session, offering, actor=vera, reason="Plângere", now=NOW)
    session.expire_all()


def lapse(session, cast):
    cast.offerings[COUNSELLING].approved_until = TODAY - timedelta(days=1)
    session.flush()
    expiry.expire_offerings(session, now=NOW)
    session.expire_all()


def waiting(session, cast, user=None):
    found = stranded.of_manager(session, actor(session, user or cast.ana), limit=12)
    return [one.line.id for one in found]


@pytest.mark.parametrize("ends", [suspend, lapse])
def test_each_service_that_lost_its_provider_stands_once_on_today(session, cast, sign_in, ends):
    work = make_voucher(session, cast).work
    assert waiting(session, cast) == []
    ends(session, cast)
    assert waiting(session, cast) == [work.line.id]
    page = sign_in(cast.ana).get("/account/today?lang=en").text
    assert page.count(f"{work.case.code}: find another provider for") == 1
    assert f"/providers/match/{work.line.id}" in page


def test_what_to_do_on_the_plan_says_so_and_no_voucher(session, cast, sign_in):
    work = make_casework(session, cast)
    accepted(session, cast, work)
    suspend(session, cast)
    page = sign_in(cast.ana).get(f"/cases/{work.case.id}/plan?lang=en").text
    assert f"Counselling, 12 sessions: {ANOTHER}" in page
    assert "Counselling, 12 sessions: Issue a voucher" not in page


def test_a_withdrawn_consent_leaves_the_service_to_be_arranged_anew(session, cast):
    work = make_casework(session, cast)
    accepted(session, cast, work)
    share = consent_of(session, work.case, ConsentScope.SHARE_WITH_PROVIDER)
    ana = actor(session, cast.ana)
    consent.withdraw(session, share, actor=ana, case=work.case, now=NOW)
    assert waiting(session, cast) == [work.line.id]


def test_a_provider_that_says_no_leaves_it_too(session, cast):
    work = make_casework(session, cast)
    refused = sent(session, cast, work)
    corina = actor(session, cast.corina)
    referrals.reject(session, refused, actor=corina, reason=RejectionReason.PRICE, now=NOW)
    assert waiting(session, cast) == [work.line.id]


def test_it_is_done_when_another_provider_is_asked(session, cast):
    work = make_casework(session, cast)
    accepted(session, cast, work, units=12)
    suspend(session, cast)
    other = offering_in(session, cast, OfferingState.APPROVED)
    drafted(session, cast, work, offering=other, units=12)
    assert waiting(session, cast) == []


def test_it_is_done_when_the_suspension_is_lifted(session, cast):
    work = make_casework(session, cast)
    accepted(session, cast, work)
    suspend(session, cast)
    assert waiting(session, cast) == [work.line.id]
    cast.offerings[COUNSELLING].state = OfferingState.APPROVED
    session.flush()
    assert waiting(session, cast) == []


def test_the_most_urgent_need_comes_first(session, cast):
    works = [make_casework(session, cast) for _ in range(3)]
    for work, priority in zip(works, (Priority.LOW, Priority.URGENT, Priority.HIGH), strict=True):
        work.milestone.goal.need.priority = priority
        accepted(session, cast, work, units=1)
    suspend(session, cast)
    assert waiting(session, cast) == [works[1].line.id, works[2].line.id, works[0].line.id]


def test_nobody_else_is_asked(session, cast):
    accepted(session, cast, make_casework(session, cast))
    suspend(session, cast)
    assert waiting(session, cast, cast.sergiu) == []
    assert waiting(session, cast, cast.calin) == []
