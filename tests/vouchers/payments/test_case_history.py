"""The history of a case tells what happened on every floor, to its team alone."""

import pytest
from sqlalchemy import select

from reintegration.cases.queries import cases
from reintegration.kernel.db import act_as
from reintegration.kernel.money import Money
from tests.factories.casework import make_casework
from tests.factories.cast import actor
from tests.providers.makers import accepted
from tests.vouchers.play import Play
from vouchers.payments.models import Claim
from vouchers.payments.queries import case_history
from vouchers.payments.states import OrderState


@pytest.fixture
def play(session):
    """Six units are promised, and two delivered and paid."""
    play = Play.with_two_released(session)
    for order in play.payments.orders(OrderState.RELEASED):
        play.payments.settle(order, play.now)
    play.step()
    return play


def acts(session, play, user):
    act_as(session, actor(session, user))
    return [one.action for one in cases.happenings(session, play.work.case)]


def test_vouchers_deliveries_and_payments_stand_in_the_history_of_the_case(session, play):
    found = acts(session, play, play.cast.ana)
    assert found.count("voucher:redeem_part") == 2
    assert "voucher:issue" in found
    assert found[0] == "payment_order:settle"
    [paid] = case_history.payments_of(session, play.work.case, 5)
    assert paid.money == Money(100_000, "MDL")


def test_looking_opens_no_payment_to_the_case_manager(session, play):
    acts(session, play, play.cast.ana)
    assert session.scalars(select(Claim)).all() == []


def test_whoever_is_not_on_the_team_learns_nothing(session, play):
    case, calin = play.work.case, actor(session, play.cast.calin)
    session.refresh(case)
    session.expunge(case)
    act_as(session, calin)
    assert cases.happenings(session, case) == []


def test_the_page_says_it_in_words(session, play, sign_in):
    act_as(session, actor(session, play.cast.ana))
    session.commit()
    page = sign_in(play.cast.ana).get(f"/cases/{play.work.case.id}?lang=en").text
    for words in ("A voucher was issued", "Something was delivered on a voucher"):
        assert words in page
    assert "Deliveries were paid: 1,000.00" in page


def test_what_providers_were_asked_stands_there_too(session, cast, sign_in):
    work = make_casework(session, cast)
    accepted(session, cast, work)
    page = sign_in(cast.ana).get(f"/cases/{work.case.id}?lang=en").text
    assert "A provider was asked" in page
    assert "A provider accepted" in page
