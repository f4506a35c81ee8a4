"""What a plan shows of its money: asked by the case manager, who sees no payment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel.db import act_as
from reintegration.kernel.money import Money
from reintegration.plans.queries.provision import LineMoney
from tests.factories.cast import TODAY, actor
from tests.vouchers.play import Play
from vouchers.books.views import plan_budget
from vouchers.payments.models import Claim
from vouchers.payments.queries import plan_money
from vouchers.voucher.queries import exposure


@pytest.fixture
def play(session):
    """Six units are promised and four delivered: two of them paid."""
    play = Play.with_two_released(session)
    for _ in range(2):
        play.redeem(play.usable()[0], play.cast.rita, 1)
    act_as(session, actor(session, play.cast.ana))
    return play


def test_paid_delivered_and_committed_stand_apart(session, play):
    assert plan_money.money_of_case(session, play.work.case.id) == [
        LineMoney(play.work.line.id, paid=lei(1000), delivered=lei(1000), committed=lei(1000))
    ]


def test_a_failed_payment_is_delivered_and_not_paid(session, play):
    [order] = play.payments.orders(*_released())
    play.payments.fail(order, play.now)
    play.step()
    act_as(session, actor(session, play.cast.ana))
    [found] = plan_money.money_of_case(session, play.work.case.id)
    assert (found.paid, found.delivered) == (lei(0), lei(2000))


def test_looking_opens_no_payment_to_the_case_manager(session, play):
    plan_money.money_of_case(session, play.work.case.id)
    assert session.scalars(select(Claim)).all() == []


def test_another_case_manager_sees_nothing_of_it(session, play):
    case_id = play.work.case.id
    act_as(session, actor(session, play.cast.calin))
    assert plan_money.money_of_case(session, case_id) == []


def test_what_was_promised_counts_what_is_held_and_delivered(session, play):
    assert exposure.promised_on(session, play.work.line) == [lei(3000)]


def test_what_is_open_is_said_until_it_is_closed(app, session, play):
    from reintegration.cases.services import case_moves
    from vouchers.voucher.views import plan_slots

    with app.test_request_context("/?lang=en"):
        act_as(plan_slots.session(), actor(session, play.cast.ana))
        [said] = plan_slots.open_on_line(plan_slots.session(), play.work.line)
        assert said.startswith("Voucher V-")
        assert said.endswith("1,000.00\xa0MDL is left on it.")
        assert case_moves.open_in_case(plan_slots.session(), play.work.case) == [said]
    play.cancel(play.open()[0])
    with app.test_request_context("/?lang=en"):
        act_as(plan_slots.session(), actor(session, play.cast.ana))
        assert plan_slots.open_on_line(plan_slots.session(), play.work.line) == []


def test_budget_lines_are_offered_by_currency_with_what_is_free(session, play):
    ana, rita = actor(session, play.cast.ana), actor(session, play.cast.rita)
    found = plan_budget.budget_lines(session, ana, "EUR", TODAY)
    assert [choice.free for choice in found] == [Money(1_000_000, "EUR")]
    assert plan_budget.budget_lines(session, rita, "EUR", TODAY) == []


def test_a_fund_that_ended_by_the_day_that_is_asked_for_offers_nothing(session, play):
    ana = actor(session, play.cast.ana)
    later = play.cast.euro_budget_line.fund.ends_on + timedelta(days=1)
    assert plan_budget.budget_lines(session, ana, "EUR", later) == []


def lei(whole):
    return Money(whole * 100, "MDL")


def _released():
    from vouchers.payments.states import OrderState

    return (OrderState.RELEASED,)
