"""A referral that ends takes its vouchers along; a closed provider keeps none in use and gets none."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.referrals.models import Referral
from providers.referrals.services import referrals
from providers.vetting.services import vetting
from reintegration.accounts.services import organisations
from reintegration.kernel.errors import Conflict, DomainError
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_voucher
from tests.providers.makers import COUNSELLING, give_documents, sent
from vouchers.books.services.laws import broken
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import issuing


def at(number):
    return NOW + timedelta(days=number)


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def referral_of(session, issued):
    return session.get_one(Referral, issued.voucher.referral_id)


def fail(session, cast, referral):
    corina = actor(session, cast.corina)
    referrals.fail(session, referral, actor=corina, reason="Nu a venit", now=NOW)


def call_off(session, cast, referral):
    ana = actor(session, cast.ana)
    referrals.cancel(session, referral, actor=ana, reason="A plecat", now=NOW)


def close(session, cast):
    dan = actor(session, cast.dan)
    organisations.close(session, cast.provider.organisation, actor=dan, now=NOW)
    session.expire_all()


@pytest.mark.parametrize("end", [fail, call_off])
def test_what_is_left_of_a_voucher_ends_with_its_referral(session, cast, end):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2)
    session.commit()
    referral = referral_of(session, issued)
    [change] = referrals.preview_end(
        session, referral, "fail", actor=actor(session, cast.ana), now=NOW
    )
    assert (change.message, change.count) == ("Vouchers that are cancelled: %(count)s", 1)
    end(session, cast, referral)
    session.expire_all()
    assert (issued.voucher.state, issued.voucher.units_left) == ("cancelled", 0)
    with refused(Conflict, "cancelled"):
        deliver(session, cast.rita, issued)
    session.commit()
    assert broken(session) == []


def test_a_voucher_of_another_referral_goes_on(session, cast):
    issued = make_voucher(session, cast)
    other = make_voucher(session, cast)
    fail(session, cast, referral_of(session, issued))
    session.expire_all()
    assert other.voucher.state == "issued"


def test_a_completed_service_lets_nothing_more_be_given_but_be_recorded(session, cast):
    issued = make_voucher(session, cast, valid_from=TODAY - timedelta(days=3))
    corina = actor(session, cast.corina)
    referrals.complete(session, referral_of(session, issued), actor=corina, now=NOW)
    session.commit()
    assert (issued.voucher.state, issued.voucher.valid_until) == ("issued", TODAY)
    with refused(Conflict, "expired"):
        deliver(session, cast.rita, issued, now=at(1))
    deliver(session, cast.rita, issued, delivered_on=TODAY, now=at(1))


def test_a_voucher_that_has_not_begun_is_cancelled_when_the_service_is_completed(session, cast):
    issued = make_voucher(session, cast, valid_from=TODAY + timedelta(days=3))
    corina = actor(session, cast.corina)
    referrals.complete(session, referral_of(session, issued), actor=corina, now=NOW)
    session.commit()
    assert issued.voucher.state == "cancelled"


def test_a_referral_fails_while_a_voucher_is_issued_on_it(session, cast):
    issued = make_voucher(session, cast, units=1)
    ana, corina = actor(session, cast.ana), actor(session, cast.corina)
    referral_id, line_id, line = issued.voucher.referral_id, issued.work.line.id, issued.work.line

    def give_up(own):
        found = own.get_one(Referral, referral_id)
        referrals.fail(own, found, actor=corina, reason="Nu a venit", now=NOW)

    def issue(own):
        promise = issuing.Promise(
            own.get_one(type(line), line_id),
            referral=own.get_one(Referral, referral_id),
            units=1,
            valid_from=TODAY,
            valid_until=TODAY + timedelta(days=9),
        )
        issuing.issue(own, promise, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, give_up, issue)
    assert outcomes[0] is None
    assert getattr(outcomes[1], "code", "referral_open") == "referral_open"
    assert {one.state for one in session.scalars(select(Voucher))} == {"cancelled"}


def test_the_pages_of_a_referral_name_its_vouchers(session, cast, sign_in):
    issued = make_voucher(session, cast)
    referral = referral_of(session, issued)
    session.commit()
    shown = sign_in(cast.ana).get(f"/referrals/{referral.id}?lang=en").text
    assert f"/vouchers/{issued.voucher.id}" in shown
    desk = sign_in(cast.corina)
    assert "cancels them at once" in desk.get(f"/requests/{referral.id}?lang=en").text
    asked = desk.get(f"/requests/{referral.id}/not-delivered?lang=en").text
    assert "Vouchers that are cancelled: 1" in asked


def test_a_closed_provider_keeps_no_voucher_in_use_and_gets_none(session, cast):
    issued = make_voucher(session, cast)
    waiting = sent(session, cast, make_casework(session, cast))
    session.commit()
    close(session, cast)
    assert cast.offerings[COUNSELLING].state == "expired"
    assert (issued.voucher.is_held, waiting.state) == (True, "cancelled")
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, now=at(1))
    session.commit()
    with refused(Conflict, "offering"):
        make_voucher(session, cast)


def test_nothing_of_a_closed_provider_is_approved(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING)
    close(session, cast)
    offering = cast.offerings[COUNSELLING]
    vetting.submit(session, offering, actor=actor(session, cast.maria), now=NOW)
    vetting.assess(session, offering, actor=actor(session, cast.vera), now=NOW)
    session.commit()
    until = TODAY + timedelta(days=100)
    with refused(Conflict, "closed_provider"):
        vetting.approve(session, offering, actor=actor(session, cast.victor), until=until, now=NOW)


def test_the_page_that_closes_says_what_ends(session, cast, sign_in):
    make_voucher(session, cast)
    session.commit()
    asked = sign_in(cast.dan).get(f"/account/organisations/{cast.provider.id}/closed?lang=en").text
    assert "Vouchers that stop for now: 1" in asked
    assert "Approved services that end:" in asked
