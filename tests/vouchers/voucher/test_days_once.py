"""Nobody is paid twice for one night, day or month of a person, whatever voucher it stands on."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLine
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_voucher
from vouchers.books.services.postings import PostingEvent
from vouchers.payments.services.reversal import reverse
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import cancelling, issuing
from vouchers.voucher.services.replacing import replace

SHELTER, CHILDCARE = ServiceCategory.SHELTER, ServiceCategory.CHILDCARE


def day(number):
    return TODAY + timedelta(days=number)


def at(number):
    return NOW + timedelta(days=number)


def plan(session, cast, category=SHELTER):
    price = Money(15_000, "MDL")
    return make_casework(session, cast, category=category, units=20, unit_price=price)


def stay(session, cast, work, first=0, last=10, units=3, **more):
    """Issue a voucher of some nights between two days."""
    category = ServiceCategory(work.line.category)
    days = {"valid_from": day(first), "valid_until": day(last)}
    issued = make_voucher(session, cast, work, units=units, category=category, **days, **more)
    session.commit()
    return issued


def promise(work, first, last):
    return issuing.Promise(work.line, units=3, valid_from=day(first), valid_until=day(last))


def taken():
    return pytest.raises(Conflict, check=lambda refused: refused.code == "days_taken")


def test_a_second_voucher_of_a_service_is_refused_for_the_same_nights(session, cast):
    work = plan(session, cast)
    first = stay(session, cast, work)
    with taken() as refused:
        stay(session, cast, work, first=9, last=15)
    said = refused.value
    assert (said.params["voucher"], said.params["day"]) == (first.voucher.reference, day(10))
    stay(session, cast, work, first=10, last=15)


def test_the_last_day_of_a_service_by_the_day_is_taken_too(session, cast):
    work = plan(session, cast, CHILDCARE)
    stay(session, cast, work, open_to_all=True)
    ana = actor(session, cast.ana)
    with taken():
        issuing.draft(session, promise(work, 10, 15), actor=ana, now=NOW)
    issuing.draft(session, promise(work, 11, 15), actor=ana, now=NOW)


def test_nobody_sleeps_in_two_places_in_one_night(session, cast):
    work = plan(session, cast)
    stay(session, cast, work)
    other = PlanLine(**_columns(work.line))
    session.add(other)
    session.flush()
    work.line = other
    with taken():
        stay(session, cast, work, first=5, last=15)
    stay(session, cast, work, first=10, last=15)


def _columns(line):
    columns = {one.key: getattr(line, one.key) for one in PlanLine.__mapper__.column_attrs}
    return columns | {"id": new_id()}


def test_a_cancelled_voucher_stands_for_the_nights_that_were_delivered_only(session, cast):
    work = plan(session, cast)
    first = stay(session, cast, work)
    deliver(session, cast.rita, first, units=2, now=at(2))
    session.commit()
    ana = actor(session, cast.ana)
    cancelling.cancel(session, first.voucher, actor=ana, reason="a plecat", now=at(2))
    session.commit()
    with taken():
        stay(session, cast, work, first=1, last=8, now=at(2))
    stay(session, cast, work, first=2, last=8, now=at(2))


def test_a_replaced_voucher_goes_on_though_its_nights_are_its_own(session, cast):
    work = plan(session, cast)
    first = stay(session, cast, work)
    deliver(session, cast.rita, first, units=1, now=at(5))
    session.commit()
    ana = actor(session, cast.ana)
    new, _made = replace(session, first.voucher, actor=ana, reason="pierdut", now=at(5))
    session.commit()
    assert new.valid_from == day(1)
    with taken():
        stay(session, cast, work, first=4, last=20)


def test_a_delivery_that_is_taken_back_opens_no_voucher_whose_nights_went_to_another(session, cast):
    work = plan(session, cast)
    first = stay(session, cast, work, units=2)
    made = deliver(session, cast.rita, first, units=2, now=at(2))
    session.commit()
    stay(session, cast, work, first=2, last=8, now=at(2))
    ana, one = actor(session, cast.ana), session.get_one(Redemption, made.redemption_id)
    event = reverse(session, one, actor=ana, reason="greșit", now=at(3))
    session.commit()
    assert (event, first.voucher.state) == (PostingEvent.REVERSED_CLOSED, "redeemed")


def test_of_two_that_are_made_at_once_for_the_same_nights_one_is_refused(session, cast):
    work = plan(session, cast)
    ana, line_id = actor(session, cast.ana), work.line.id

    def make(own):
        line = own.get_one(PlanLine, line_id)
        wanted = issuing.Promise(line, units=3, valid_from=TODAY, valid_until=day(10))
        issuing.issue(own, wanted, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, make, make)
    assert [getattr(one, "code", "") for one in outcomes if one] == ["days_taken"]
    assert session.scalar(select(func.count()).select_from(Voucher)) == 1


def test_the_database_lets_no_voucher_be_moved_onto_the_nights_of_another(session, cast):
    work = plan(session, cast)
    stay(session, cast, work)
    second = stay(session, cast, work, first=10, last=15)
    session.commit()
    change = text("UPDATE voucher SET valid_from = valid_from - 1 WHERE id = :id")
    with pytest.raises(IntegrityError) as caught:
        session.execute(change, {"id": second.voucher.id})
    session.rollback()
    assert caught.value.orig.diag.constraint_name == "days_of_voucher"
