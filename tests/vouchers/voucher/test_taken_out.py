"""A service that was taken out of the plan: nothing new stands on it, and what was given is shown."""

from datetime import timedelta

import pytest

from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import referrals
from reintegration.kernel.errors import Conflict
from reintegration.plans.services import plan_lines
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, make_voucher
from tests.providers.makers import drafted, sent
from vouchers.voucher.services import issuing


def removed():
    return pytest.raises(Conflict, check=lambda refused: refused.code == "line_removed")


def take_out(session, cast, work):
    ana, revision = actor(session, cast.ana), work.plan.revision
    plan_lines.remove_line(session, work.line, actor=ana, revision=revision, now=NOW)


def test_nothing_new_is_arranged_on_it_though_it_was_approved(session, cast):
    work = make_casework(session, cast)
    take_out(session, cast, work)
    assert work.line.approved_ceiling_minor > 0
    with removed():
        drafted(session, cast, work)
    promise = issuing.Promise(
        work.line, units=1, valid_from=TODAY, valid_until=TODAY + timedelta(days=5)
    )
    with removed():
        issuing.draft(session, promise, actor=actor(session, cast.ana), now=NOW)


def test_what_was_written_to_a_provider_is_not_sent_any_more(session, cast):
    work = make_casework(session, cast)
    referral, ana = drafted(session, cast, work, units=1), actor(session, cast.ana)
    take_out(session, cast, work)
    found = LineWithCase(work.line, work.case)
    with removed():
        referrals.send(session, referral, actor=ana, found=found, now=NOW)


def test_a_provider_that_was_asked_is_told_first(session, cast):
    work = make_casework(session, cast)
    sent(session, cast, work, units=1)
    with pytest.raises(Conflict, check=lambda refused: refused.code == "exposure"):
        take_out(session, cast, work)


def test_what_was_delivered_on_it_is_still_shown(session, cast, sign_in):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=5)
    session.get_one(Referral, issued.voucher.referral_id).state = "completed"
    session.flush()
    take_out(session, cast, issued.work)
    session.commit()
    page = sign_in(cast.ana).get(f"/cases/{issued.work.case.id}/plan?lang=en").text
    assert "taken out of the plan" in page
    assert "2,500" in page
