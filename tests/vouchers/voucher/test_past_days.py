"""What was given on a valid day is recorded within fourteen days, whatever has ended since."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, literal, select

from providers.directory.models import VettingDocument
from providers.vetting.services import expiry as terms
from providers.vetting.services import vetting
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import Conflict, DomainError, Invalid
from reintegration.kernel.money import Money
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.factories.vouchers import deliver, living_voucher, make_voucher
from tests.providers.makers import COUNSELLING, give_documents
from vouchers.books.services.laws import broken
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import expiry, holds
from vouchers.voucher.services.replacing import replace
from vouchers.voucher.services.validity import RECORDED_WITHIN, is_past_recording, recorded_until

SHELTER = ServiceCategory.SHELTER


def day(number):
    return TODAY + timedelta(days=number)


def at(number):
    return NOW + timedelta(days=number)


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def lapse(session, cast, last):
    """Let the approval end after a day, and the sweep run the day after."""
    cast.offerings[COUNSELLING].approved_until = day(last)
    session.flush()
    assert terms.expire_offerings(session, now=at(last + 1)) == 1
    session.expire_all()


def test_a_delivery_of_the_last_day_is_recorded_after_midnight(session, cast):
    issued = make_voucher(session, cast, valid_until=day(3))
    deliver(session, cast.rita, issued, delivered_on=day(3), now=at(4))
    session.commit()
    deliver(session, cast.rita, issued, delivered_on=day(3), now=at(17))
    assert session.scalar(select(func.sum(Redemption.units))) == 2
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=day(2), now=at(17))
    with refused(Conflict, "expired"):
        deliver(session, cast.rita, issued, delivered_on=day(3), now=at(18))


def test_a_day_keeps_its_longer_time_where_the_last_day_of_the_voucher_has_a_shorter_one(
    session, cast
):
    set_rule(session, cast, RECORDED_WITHIN, timedelta(days=2), since=day(5))
    issued = make_voucher(session, cast, valid_until=day(6))
    assert expiry.expire_due(session, at(18)) is None
    deliver(session, cast.rita, issued, delivered_on=day(4), now=at(18))
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=day(6), now=at(18))
    with refused(Conflict, "expired"):
        deliver(session, cast.rita, issued, delivered_on=day(4), now=at(19))
    expiry.expire_due(session, at(19))
    session.expire_all()
    assert issued.voucher.state == "expired"


def test_a_voucher_is_past_recording_when_each_of_its_days_is_also_in_the_database(session, cast):
    for since, within in ((day(3), 2), (day(6), 9), (day(8), 1)):
        set_rule(session, cast, RECORDED_WITHIN, timedelta(days=within), since=since)
    for first, length, asked in product(range(9), (0, 1, 4, 8), range(0, 26, 2)):
        given = [day(first + ahead) for ahead in range(length + 1)]
        expected = all(recorded_until(one) < day(asked) for one in given)
        ends = given[0], given[-1]
        assert is_past_recording(*ends, day(asked)) is expected
        said = is_past_recording(*map(literal, ends), day(asked))
        assert session.scalar(select(said)) is expected


def test_the_sweep_leaves_a_voucher_that_is_over_recordable(session, cast):
    issued = make_voucher(session, cast, valid_until=day(3))
    assert expiry.expire_due(session, at(17)) is None
    deliver(session, cast.rita, issued, delivered_on=day(3), now=at(17))
    assert expiry.expire_due(session, at(18)) == "1 expired"


def test_nothing_is_given_on_a_voucher_that_is_over(session, cast):
    issued = make_voucher(session, cast, valid_until=day(3))
    with refused(Conflict, "expired") as caught:
        deliver(session, cast.rita, issued, now=at(5))
    assert (caught.value.params["day"], caught.value.params["until"]) == (day(3), day(17))
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=day(4), now=at(5))


def test_a_delivery_before_the_approval_lapsed_is_recorded_and_one_after_it_is_not(session, cast):
    issued = make_voucher(session, cast)
    lapse(session, cast, 4)
    assert issued.voucher.is_held
    deliver(session, cast.rita, issued, delivered_on=day(4), now=at(6))
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, now=at(6))
    with refused(Invalid, "delivered_on"):
        deliver(session, cast.rita, issued, delivered_on=day(5), now=at(6))
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, delivered_on=day(5), now=at(19))
    assert broken(session) == []


def test_on_an_open_voucher_too_and_what_is_left_of_it_is_stopped(session, cast):
    issued, used_up = (make_voucher(session, cast, units=n, open_to_all=True) for n in (5, 1))
    lapse(session, cast, 4)
    session.commit()
    for problem, code, changes in (
        (Conflict, "offering_suspended", {"now": at(6)}),
        (Invalid, "delivered_on", {"delivered_on": day(5), "now": at(6)}),
        (Conflict, "offering_suspended", {"delivered_on": day(4), "now": at(19)}),
    ):
        with refused(problem, code):
            deliver(session, cast.rita, issued, **changes)
        session.rollback()
    for voucher in (issued, used_up):
        deliver(session, cast.rita, voucher, delivered_on=day(4), now=at(18))
        session.commit()
    session.expire_all()
    assert (issued.voucher.is_held, issued.voucher.held_through) == (True, day(4))
    assert (used_up.voucher.state, used_up.voucher.live_holds) == ("redeemed", 0)
    deliver(session, cast.rita, issued, delivered_on=day(4), now=at(18))
    session.commit()
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, now=at(18))
    assert broken(session) == []


def test_on_an_open_voucher_no_past_day_before_a_suspension_is_recorded(session, cast):
    issued = make_voucher(session, cast, open_to_all=True)
    offering = cast.offerings[COUNSELLING]
    offering.lapsed_on = day(1)  # it was renewed since
    session.commit()
    vetting.suspend(session, offering, actor=actor(session, cast.victor), reason="x", now=at(3))
    session.commit()
    with refused(Conflict, "offering_suspended"):
        deliver(session, cast.rita, issued, delivered_on=day(1), now=at(3))


def test_a_renewal_that_is_being_checked_takes_no_past_day_away(session, cast):
    issued = make_voucher(session, cast)
    lapse(session, cast, 4)
    offering = cast.offerings[COUNSELLING]
    vetting.submit(session, offering, actor=actor(session, cast.maria), now=at(5))
    session.expire_all()
    deliver(session, cast.rita, issued, delivered_on=day(4), now=at(6))


def test_a_second_hold_lets_no_day_be(session, cast):
    issued = make_voucher(session, cast)
    lapse(session, cast, 4)
    ana = actor(session, cast.ana)
    hold = holds.place(session, issued.voucher, actor=ana, reason="furat", now=at(5))
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, delivered_on=day(4), now=at(6))
    session.commit()
    holds.lift(session, hold, actor=ana, now=at(6))
    deliver(session, cast.rita, issued, delivered_on=day(4), now=at(6))


def test_a_suspension_lets_no_past_day_be(session, cast):
    issued = make_voucher(session, cast)
    offering = cast.offerings[COUNSELLING]
    vetting.suspend(session, offering, actor=actor(session, cast.victor), reason="x", now=at(3))
    session.expire_all()
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued, delivered_on=day(1), now=at(3))


def test_the_nights_after_an_approval_ended_are_not_over(session, cast):
    price = Money(15_000, "MDL")
    work = make_casework(session, cast, category=SHELTER, units=20, unit_price=price)
    issued = make_voucher(session, cast, work, units=10, category=SHELTER)
    cast.offerings[SHELTER].approved_until = day(4)
    session.flush()
    terms.expire_offerings(session, now=at(5))
    session.expire_all()
    deliver(session, cast.rita, issued, units=4, delivered_on=day(4), now=at(10))
    session.commit()
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, units=1, delivered_on=day(4), now=at(10))


def test_what_a_lapsed_approval_lets_be_goes_on_with_the_voucher_that_replaces(session, cast):
    issued = make_voucher(session, cast)
    lapse(session, cast, 4)
    session.commit()
    ana = actor(session, cast.ana)
    new, made = replace(session, issued.voucher, actor=ana, reason="Pierdut", now=at(5))
    assert (new.held_through, issued.voucher.held_through) == (day(4), None)
    deliver(session, cast.rita, issued, code=made.code, delivered_on=day(4), now=at(6))


@pytest.mark.parametrize("beneath", ["document", "fund"])
def test_no_voucher_outlives_the_documents_of_the_provider_or_the_fund(session, cast, beneath):
    if beneath == "document":
        give_documents(session, cast, cast.provider, COUNSELLING, until=day(20))
        assert session.scalar(select(func.count()).select_from(VettingDocument))
    else:
        cast.budget_line.fund.ends_on = day(20)
    session.flush()
    work = make_casework(session, cast)
    with refused(Invalid, "valid_until") as caught:
        make_voucher(session, cast, work, valid_until=day(21))
    assert caught.value.params["day"] == day(20)
    make_voucher(session, cast, work, valid_until=day(20))


def test_the_desk_is_asked_for_the_day_when_the_voucher_is_over(session, cast, sign_in):
    issued = living_voucher(session, cast)
    voucher = session.get_one(Voucher, issued.voucher.id)
    voucher.valid_from, voucher.valid_until = (
        voucher.valid_from - timedelta(days=4),
        voucher.valid_from - timedelta(days=1),
    )
    session.commit()
    browser = sign_in(cast.rita)
    page = browser.get("/redeem/")
    assert page.status_code == 200
    page = browser.post("/redeem/", data={"code": issued.secrets.code, "form_key": str(voucher.id)})
    shown = browser.get(f"{page.location}?lang=en")
    assert "Nothing more is given on it" in shown.text
    staff = sign_in(cast.ana).get(f"/vouchers/{voucher.id}?lang=en")
    assert "Its last day is past" in staff.text
