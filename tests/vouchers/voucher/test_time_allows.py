"""No unit is payable that time, or the agreed days, do not allow, whatever was typed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import DomainError, Invalid
from reintegration.kernel.money import Money
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_referral, make_voucher
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import elapsed, issuing
from vouchers.voucher.services.replacing import replace

NIGHT = Money(15_000, "MDL")


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def stay(session, cast, nights=10):
    """Issue a stay that begins today."""
    work = make_casework(
        session, cast, category=ServiceCategory.SHELTER, units=20, unit_price=NIGHT
    )
    return make_voucher(session, cast, work, units=nights, category=ServiceCategory.SHELTER)


def after(days):
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("unit", "first", "day", "over"),
    [
        (Unit.NIGHT, date(2026, 3, 1), date(2026, 2, 27), 0),
        (Unit.NIGHT, date(2026, 3, 1), date(2026, 3, 1), 0),
        (Unit.NIGHT, date(2026, 3, 1), date(2026, 3, 4), 3),
        (Unit.DAY, date(2026, 3, 1), date(2026, 3, 1), 1),
        (Unit.DAY, date(2026, 3, 1), date(2026, 3, 5), 5),
        (Unit.HOUR, date(2026, 3, 1), date(2026, 3, 1), 24),
        (Unit.MONTH, date(2026, 3, 1), date(2026, 3, 30), 0),
        (Unit.MONTH, date(2026, 3, 1), date(2026, 3, 31), 1),
        (Unit.MONTH, date(2026, 1, 31), date(2026, 2, 27), 1),
        (Unit.MONTH, date(2026, 11, 15), date(2027, 2, 14), 3),
        (Unit.SESSION, date(2026, 3, 1), date(2026, 2, 1), elapsed.NO_LIMIT),
    ],
)
def test_a_night_a_day_and_a_month_count_when_they_are_over(unit, first, day, over):
    assert elapsed.passed(unit, first, day) == over


@pytest.mark.parametrize("unit", sorted(elapsed.SPAN))
def test_the_next_unit_begins_when_the_ones_before_are_over(unit):
    first = date(2026, 1, 15)
    for units in range(1, 30):
        last = elapsed.ends_on(unit, first, units)
        assert elapsed.passed(unit, first, last) == units
        assert elapsed.passed(unit, first, last - timedelta(days=1)) == units - 1


def test_a_stay_is_not_payable_before_its_nights_are_over(session, cast):
    issued = stay(session, cast)
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, units=10)
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, units=10, pin=None, without_pin="Ședere")
    deliver(session, cast.rita, issued, units=3, now=after(3))
    session.commit()
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, units=1, now=after(3))
    deliver(session, cast.rita, issued, units=7, now=after(10))
    assert session.scalar(select(func.sum(Redemption.units))) == 10


def test_nights_are_over_by_the_day_that_is_typed(session, cast):
    issued = stay(session, cast)
    with refused(Invalid, "not_passed"):
        deliver(
            session,
            cast.rita,
            issued,
            units=5,
            delivered_on=TODAY + timedelta(days=2),
            now=after(9),
        )


def test_what_waits_for_confirmation_counts_as_over_too(session, cast):
    issued = stay(session, cast)
    deliver(session, cast.rita, issued, units=2, pin=None, without_pin="Ședere", now=after(2))
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, units=1, now=after(2))


def test_a_replaced_stay_goes_on_where_the_old_one_was(session, cast):
    issued = stay(session, cast)
    deliver(session, cast.rita, issued, units=3, now=after(5))
    session.commit()
    ana = actor(session, cast.ana)
    new, made = replace(session, issued.voucher, actor=ana, reason="Pierdut", now=after(5))
    assert new.valid_from == TODAY + timedelta(days=3)
    with refused(Invalid, "not_passed"):
        deliver(session, cast.rita, issued, code=made.qr, units=3, pin=PIN, now=after(5))
    deliver(session, cast.rita, issued, code=made.qr, units=2, pin=PIN, now=after(5))


def test_no_stay_is_promised_that_does_not_fit_between_its_days(session, cast):
    work = make_casework(
        session, cast, category=ServiceCategory.SHELTER, units=20, unit_price=NIGHT
    )
    with refused(Invalid, "valid_until"):
        make_voucher(
            session,
            cast,
            work,
            units=4,
            category=ServiceCategory.SHELTER,
            valid_until=TODAY + timedelta(days=3),
        )


def test_a_voucher_begins_with_the_agreed_day_and_not_before(session, cast):
    work = make_casework(session, cast)
    agreed = TODAY + timedelta(days=2)
    referral = make_referral(session, cast, work, starts_on=agreed)
    ana = actor(session, cast.ana)

    def promised(first):
        return issuing.Promise(
            work.line, referral=referral, units=2, valid_from=first, valid_until=agreed
        )

    with refused(Invalid, "valid_from"):
        issuing.draft(session, promised(TODAY), actor=ana, now=NOW)
    issuing.draft(session, promised(agreed), actor=ana, now=NOW)
