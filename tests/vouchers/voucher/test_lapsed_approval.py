"""An approval that ends by date stops what a suspension stops, and both sides are warned ahead."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.directory.states import OfferingState
from providers.referrals.states import ReferralState
from providers.vetting.services import expiry, vetting
from reintegration.accounts.models import InboxMessage
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import Conflict
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, make_voucher
from tests.providers.makers import COUNSELLING, give_documents, sent


def told(session, user):
    rows = session.scalars(select(InboxMessage).where(InboxMessage.user_id == user.id))
    return [(one.message, one.params, one.link) for one in rows]


def lapse(session, cast):
    offering = cast.offerings[ServiceCategory.MENTAL_HEALTH]
    offering.approved_until = TODAY - timedelta(days=1)
    session.flush()
    assert expiry.expire_offerings(session, now=NOW) == 1
    session.expire_all()
    return offering


def test_a_lapsed_approval_stops_its_vouchers_and_cancels_what_nobody_answered(session, cast):
    issued = make_voucher(session, cast)
    waiting = sent(session, cast, make_casework(session, cast))
    lapse(session, cast)
    assert issued.voucher.is_held
    assert waiting.state == ReferralState.CANCELLED
    with pytest.raises(Conflict, check=lambda refused: refused.code == "suspended"):
        deliver(session, cast.rita, issued)


def test_the_case_manager_is_told_of_each_service_with_its_case_and_the_way_on(session, cast):
    issued = make_voucher(session, cast)
    work = issued.work
    lapse(session, cast)
    message, params, link = next(one for one in told(session, cast.ana) if "no more" in one[0])
    assert (params["case"], link) == (work.case.code, f"/providers/match/{work.line.id}")
    assert params["service"] == cast.offerings[COUNSELLING].name
    assert message.startswith("%(case)s")


def test_a_new_approval_lets_go_on_what_the_end_had_stopped(session, cast):
    issued = make_voucher(session, cast)
    offering = lapse(session, cast)
    give_documents(session, cast, cast.provider, COUNSELLING)
    vetting.submit(session, offering, actor=actor(session, cast.maria), now=NOW)
    vetting.assess(session, offering, actor=actor(session, cast.vera), now=NOW)
    session.commit()
    until = TODAY + timedelta(days=100)
    vetting.approve(session, offering, actor=actor(session, cast.victor), until=until, now=NOW)
    session.expire_all()
    assert (offering.state, issued.voucher.is_held) == (OfferingState.APPROVED, False)


@pytest.mark.parametrize("by", ["term", "document"])
def test_the_end_is_said_ahead_to_officers_provider_and_case_manager(session, cast, by):
    make_voucher(session, cast, valid_until=TODAY + timedelta(days=5))
    ends = TODAY + timedelta(days=7)
    if by == "term":
        cast.offerings[COUNSELLING].approved_until = ends
    else:
        give_documents(session, cast, cast.provider, COUNSELLING, until=ends)
    session.flush()
    assert expiry.remind_approvals(session, now=NOW) >= 1
    for reader in (cast.vera, cast.maria):
        assert [one for one in told(session, reader) if "Renew it." in one[0]]
    assert [one for one in told(session, cast.ana) if "until %(day)s only" in one[0]]


def test_each_warning_comes_once(session, cast):
    cast.offerings[COUNSELLING].approved_until = TODAY + timedelta(days=30)
    session.flush()
    for days in range(31):
        expiry.remind_approvals(session, now=NOW + timedelta(days=days))
    assert len([one for one in told(session, cast.vera) if "Renew it." in one[0]]) == 2


def test_what_was_told_of_an_end_is_not_told_again_to_every_case(session, cast):
    cast.offerings[COUNSELLING].approved_until = TODAY + timedelta(days=7)
    session.flush()
    told_of = [expiry.remind_approvals(session, now=NOW) for _ in range(2)]
    assert told_of[0] >= 1
    assert told_of[1] == 0
