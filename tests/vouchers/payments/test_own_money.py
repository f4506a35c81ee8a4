"""A provider's own money: when it comes, how much, and the rows behind each figure."""

import re
from datetime import date, timedelta

import pytest

from reintegration.accounts.views.today_picture import window
from reintegration.codelists.currencies import HOME
from reintegration.kernel import banking_days
from reintegration.kernel.db import act_as
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, PEOPLE, TODAY, actor
from tests.factories.payments import (
    as_system,
    make_batch,
    make_checked_claim,
    make_claim,
    make_deliveries,
)
from tests.vouchers.payments.payments_driver import Payments
from vouchers.payments.queries.batches import due_to_payee_by_day
from vouchers.payments.queries.own_money import arrives_on, own_money
from vouchers.payments.services import claims, reversal
from vouchers.payments.states import MoneyPart

ONE = Money(50_000, "MDL")
PAGE, ROWS = "/claims/mine/money", "/claims/mine/money/rows"


@pytest.fixture
def own(session, cast):
    """What Boris reads of his provider's money in lei, as he himself may read it."""

    def read(today=TODAY):
        as_system(session)
        act_as(session, actor(session, cast.boris))
        found = own_money(session, cast.provider.id, today=today)
        as_system(session)
        return {one.currency: one for one in found}.get("MDL")

    return read


def parts(own):
    return {part: amount.minor for part, amount in own.parts.items() if amount}


def test_a_delivery_goes_through_the_parts_one_after_the_other(session, cast, own):
    assert own() is None
    deliveries = make_deliveries(session, cast, 2)
    assert parts(own()) == {MoneyPart.UNCLAIMED: 100_000}
    claim = make_claim(session, cast, deliveries, submit=False)
    assert parts(own()) == {MoneyPart.DRAFTED: 100_000}
    boris, petru = actor(session, cast.boris), actor(session, cast.petru)
    claims.submit(
        session, claim, actor=boris, invoice_number="F-1", invoiced=claim.payable, now=NOW
    )
    assert parts(own()) == {MoneyPart.SUBMITTED: 100_000}
    first = [claim.lines[0].id]
    claims.dispute(session, claim, actor=petru, line_ids=first, reason="which day?", now=NOW)
    assert parts(own()) == {MoneyPart.DISPUTED: 100_000}
    claims.answer(session, claim, actor=boris, text="the tenth", now=NOW)
    lines = [line.id for line in claim.lines]
    claims.accept_lines(session, claim, actor=petru, line_ids=lines, now=NOW)
    claims.check(session, claim, actor=petru, now=NOW)
    session.commit()
    assert parts(own()) == {MoneyPart.CHECKED: 100_000}
    make_batch(session, cast, [claim])
    assert parts(own()) == {MoneyPart.PREPARED: 100_000}


def test_what_was_sent_is_expected_on_a_banking_day_and_then_paid_this_month(session, cast, own):
    [order] = make_batch(session, cast, until="released").orders
    as_system(session)
    assert parts(own()) == {MoneyPart.SENT: 100_000}
    [coming] = own().coming
    assert (coming.on, coming.amount, coming.sent) == (arrives_on(TODAY), ONE * 2, True)
    assert banking_days.is_one(coming.on)
    Payments(session, cast).settle(order, NOW)
    session.commit()
    assert parts(own()) == {MoneyPart.PAID_THIS_MONTH: 100_000}
    next_month = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert parts(own(next_month)) == {MoneyPart.PAID_BEFORE: 100_000}


def test_what_is_taken_back_after_its_payment_is_owed_and_set_off(sign_in, session, cast, own):
    deliveries = make_deliveries(session, cast, 1)
    checked = make_checked_claim(session, cast, deliveries=deliveries)
    [order] = make_batch(session, cast, [checked], until="released").orders
    Payments(session, cast).settle(order, NOW)
    session.commit()
    petru = actor(session, cast.petru)
    reversal.reverse(session, deliveries[0], actor=petru, reason="a mistake", now=NOW)
    session.commit()
    assert own().of(MoneyPart.OWED) == ONE
    assert own().owed == -ONE
    make_checked_claim(session, cast)
    text = sign_in(cast.boris).get(f"{PAGE}?lang=en").text
    assert "No day is known yet: finance has still to put it into a payment." in text
    assert re.search(r"Of it 500\.00.MDL is set off against what you owe", text)


def test_a_payment_is_expected_on_no_day_on_which_banks_rest():
    easter_monday, saturday = date(2026, 4, 13), date(2026, 5, 16)
    assert arrives_on(saturday) == date(2026, 5, 18)
    assert arrives_on(easter_monday) > easter_monday
    assert arrives_on(date(2026, 5, 14)) == date(2026, 5, 14)


def test_a_bookkeepers_day_shows_the_payment_on_its_way(session, cast):
    make_batch(session, cast, until="released")
    as_system(session)
    boris = actor(session, cast.boris)
    act_as(session, boris)
    _first, last = window(TODAY)
    assert due_to_payee_by_day(session, boris, HOME, TODAY, last) == {TODAY: 100_000}


@pytest.mark.parametrize("person", PEOPLE)
def test_it_opens_for_those_who_keep_a_providers_books(sign_in, cast, person):
    browser = sign_in(getattr(cast, person))
    books = {"boris", "maria", "oleg"}
    expected = 200 if person in books else 403
    assert [browser.get(path).status_code for path in (PAGE, ROWS)] == [expected] * 2


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "No money yet"), ("ro", "Încă nu sunt bani"), ("ru", "Денег пока нет")],
)
def test_a_provider_without_deliveries_reads_what_will_stand_here(sign_in, cast, lang, said):
    assert said in sign_in(cast.boris).get(f"{PAGE}?lang={lang}").text


def test_the_page_says_first_what_comes_and_links_each_figure_to_its_rows(sign_in, session, cast):
    make_batch(session, cast, until="released")
    make_deliveries(session, cast, 1)
    as_system(session)
    browser = sign_in(cast.boris)
    text = browser.get(f"{PAGE}?lang=en").text
    assert text.index("Next payment") < text.index("1,000.00") < text.index("It is sent and")
    links = re.findall(r'href="(/claims/mine/money/rows[^"]+)">([^<]+)<', text)
    assert [word for _url, word in links] == ["Delivered and not claimed", "Sent, on its way"]
    for url, _word in links:
        assert browser.get(url.replace("&amp;", "&")).status_code == 200


def test_another_provider_sees_nothing_of_it(sign_in, session, cast):
    make_batch(session, cast, until="released")
    make_deliveries(session, cast, 1)
    as_system(session)
    browser = sign_in(cast.oleg)
    assert "No money yet" in browser.get(f"{PAGE}?lang=en").text
    for part in MoneyPart:
        assert "Nothing here" in browser.get(f"{ROWS}?lang=en&of={part.value}&currency=MDL").text


@pytest.mark.parametrize(
    "asked", ["of=nonsense&currency=XXX", "of=owed&currency=", "page=abc", "of=%00&page=%ff"]
)
def test_an_address_with_garbage_breaks_nothing(sign_in, session, cast, asked):
    make_deliveries(session, cast, 1)
    assert sign_in(cast.boris).get(f"{ROWS}?{asked}").status_code in (200, 400)
