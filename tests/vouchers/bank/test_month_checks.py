"""What the bank knows of a month that is to be closed: books and bank on its last day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel.clock import start_of
from reintegration.kernel.errors import Conflict
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.months import END, LAST, THIS, close_month, last_month
from tests.factories.payments import statement
from tests.vouchers.formats.writers import Line
from vouchers.bank.models import BankLine
from vouchers.bank.queries.month_checks import checks, difference_on
from vouchers.bank.services import endings
from vouchers.bank.services.statement_import import import_file
from vouchers.books.queries import cut_off
from vouchers.books.services.periods import closing

NOTHING = Money(0, "MDL")


@pytest.fixture
def last(session, cast):
    return last_month(session, cast)


@pytest.fixture
def take(session, cast):
    def run(*lines, opening, closing):
        listed = [Line(minor, "MDL", day, reference=f"X{minor}") for minor, day in lines]
        content = statement(cast, *listed, opening=opening, closing=closing)
        petru = actor(session, cast.petru)
        import_file(session, actor=petru, name="a.xml", content=content, now=NOW)
        session.commit()

    return run


def line(session, minor):
    return session.scalars(select(BankLine).where(BankLine.amount_minor == minor)).one()


def check(session, code):
    [found] = [one for one in checks(session, LAST, END) if one.code == code]
    return found


def test_without_statements_nothing_is_compared_and_it_warns(session, cast, last):
    assert difference_on(session, "MDL", END) is None
    assert not check(session, "bank_mdl").is_open
    found = check(session, "statements")
    assert (found.is_open, found.stops) == (True, False)
    assert found.values == {"accounts": "Cont MDL, Cont EUR"}


def test_a_line_of_the_month_explains_the_difference_while_open_and_once_posted(
    session, cast, last, take
):
    take((-500, END), opening=10_000, closing=9_500)
    assert difference_on(session, "MDL", END) == NOTHING
    assert check(session, "bank_lines").is_open
    endings.mark_fee(session, line(session, -500), actor=actor(session, cast.petru), now=NOW)
    session.commit()
    assert difference_on(session, "MDL", END) == NOTHING
    assert not check(session, "bank_lines").is_open


def test_what_was_booked_since_is_none_of_the_month(session, cast, last, take):
    take((-500, END), (70_000, THIS), opening=10_000, closing=79_500)
    petru = actor(session, cast.petru)
    assert difference_on(session, "MDL", END) == NOTHING
    endings.mark_grant(session, line(session, 70_000), fund=cast.fund, actor=petru, now=NOW)
    session.commit()
    assert difference_on(session, "MDL", END) == NOTHING
    assert not check(session, "bank_mdl").is_open


def test_a_difference_that_nothing_explains_stops_the_close(session, cast, last, take):
    take((-500, END), opening=10_300, closing=9_800)
    assert difference_on(session, "MDL", END) == Money(300, "MDL")
    assert check(session, "bank_mdl").stops_now
    with pytest.raises(Conflict, match="checklist"):
        closing.prepare(session, last, actor=actor(session, cast.petru), now=NOW)


def test_an_ending_that_is_undone_later_stands_in_the_books_of_its_month(session, cast, last, take):
    take((-500, END), opening=10_000, closing=9_500)
    petru = actor(session, cast.petru)
    then = start_of(END) + timedelta(hours=12)
    endings.mark_fee(session, line(session, -500), actor=petru, now=then)
    session.commit()
    assert difference_on(session, "MDL", END) == NOTHING
    endings.undo_ending(session, line(session, -500), actor=petru, reason="greșit", now=NOW)
    session.commit()
    assert difference_on(session, "MDL", END) == NOTHING


def test_a_line_of_a_closed_month_is_posted_today_and_stands_on_its_cut_off_list(
    session, cast, last, take
):
    take((-500, END), (2_000, END), opening=10_000, closing=11_500)
    close_month(session, cast, last)
    petru = actor(session, cast.petru)
    endings.mark_fee(session, line(session, -500), actor=petru, now=NOW)
    session.commit()
    endings.mark_grant(session, line(session, 2_000), fund=cast.fund, actor=petru, now=NOW)
    session.commit()
    found = cut_off.first_of(session, LAST, END)
    assert sorted((one.amount.minor, one.own_day, one.posted_on) for one in found) == [
        (500, END, TODAY),
        (2_000, END, TODAY),
    ]
    assert cut_off.sums(session, LAST, END) == [(Money(2_500, "MDL"), 2)]
