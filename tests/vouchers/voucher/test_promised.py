"""What pages of vouchers promise in figures and days, and that a PIN is none that one guesses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from reintegration.kernel.permissions import permits
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, living_voucher, make_voucher
from vouchers.books.jobs import LEDGER_CHECK
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission
from vouchers.voucher.services import holds, pins
from vouchers.voucher.services.cancelling import cancel
from vouchers.voucher.services.codes import printable
from vouchers.voucher.services.issuing import is_approved_by_rule
from vouchers.voucher.states import HoldCause


@pytest.mark.parametrize(("limit", "currency"), [(1_000_000, "MDL"), (50_000, "EUR")])
def test_from_the_threshold_on_a_supervisor_approves(limit, currency):
    nothing = Money.zero(currency)
    assert is_approved_by_rule(Money(limit - 1, currency), nothing, on=TODAY)
    assert not is_approved_by_rule(Money(limit, currency), nothing, on=TODAY)
    assert not is_approved_by_rule(Money(limit - 1, currency), Money(1, currency), on=TODAY)
    assert not is_approved_by_rule(Money(1, "USD"), Money.zero("USD"), on=TODAY)


def test_a_voucher_never_outlives_the_approval_of_the_provider(session, cast):
    offering = cast.offerings[ServiceCategory.MENTAL_HEALTH]
    offering.approved_until = TODAY + timedelta(days=10)
    session.flush()
    with pytest.raises(Invalid, match="approved until"):
        make_voucher(session, cast, valid_until=TODAY + timedelta(days=11))
    session.rollback()
    cast.offerings[ServiceCategory.MENTAL_HEALTH].approved_until = TODAY + timedelta(days=10)
    made = make_voucher(session, cast, valid_until=TODAY + timedelta(days=10))
    assert made.voucher.valid_until == TODAY + timedelta(days=10)


@pytest.mark.parametrize("pin", ["111111", "123456", "987654", "789012"])
def test_a_pin_that_is_easy_to_guess_is_refused_and_none_is_drawn(pin, monkeypatch):
    with pytest.raises(Invalid, match="easy to guess"):
        pins.checked_choice(pin)
    drawn = iter([int(pin), 402917])
    monkeypatch.setattr(pins.secrets, "randbelow", lambda _most: next(drawn))
    assert pins.new_pin() == "402917"


@pytest.mark.parametrize("pin", ["40291", "4029170", "40291a", "٤٠٢٩١٧"])
def test_a_pin_has_six_digits(pin):
    with pytest.raises(Invalid, match="6 digits"):
        pins.checked_choice(pin)


def test_what_is_recorded_stands_on_the_page_until_midnight(session, cast, sign_in):
    issued = living_voucher(session, cast)
    deliver(session, cast.rita, issued, now=clock.now())
    session.commit()
    recorded = session.scalars(select(Redemption)).one()
    rita = sign_in(cast.rita)
    assert recorded.receipt in rita.get("/redeem/today").text
    recorded.recorded_at -= timedelta(days=1)
    session.commit()
    assert recorded.receipt not in rita.get("/redeem/today").text


def test_a_stopped_voucher_is_printed_and_a_cancelled_one_is_not(session, cast):
    issued = make_voucher(session, cast)
    ana = actor(session, cast.ana)
    cause = HoldCause.CASE_TEAM
    holds.place(session, issued.voucher, cause, actor=ana, now=NOW, reason="Pauză")
    assert printable(session, issued.voucher).code == issued.secrets.code
    cancel(session, issued.voucher, actor=ana, reason="Nu mai e nevoie", now=NOW)
    with pytest.raises(Conflict, match="has ended"):
        printable(session, issued.voucher)


def test_the_books_are_checked_every_ten_minutes():
    assert LEDGER_CHECK.every == timedelta(minutes=10)


def test_a_supervisor_stops_resumes_and_cancels_and_takes_no_counted_delivery_back(session, cast):
    issued = make_voucher(session, cast)
    session.commit()
    deliver(session, cast.rita, issued)
    session.commit()
    sergiu, delivery = actor(session, cast.sergiu), session.scalars(select(Redemption)).one()
    for may in (VoucherPermission.SUSPEND, VoucherPermission.RESUME, VoucherPermission.CANCEL):
        assert permits(sergiu, may, issued.voucher)
    referral = session.get_one(Referral, issued.voucher.referral_id)
    assert permits(sergiu, ReferralPermission.CANCEL, referral)
    may_take_back = {
        name
        for name, person in cast.people.items()
        if permits(actor(session, person), RedemptionPermission.REVERSE, delivery)
    }
    case_manager, finance = {"ana"}, {"petru", "alina", "radu"}
    assert may_take_back == case_manager | finance | {"rita", "corina", "maria"}
