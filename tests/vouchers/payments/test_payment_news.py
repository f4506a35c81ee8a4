"""A provider's bookkeepers hear what became of their money, once each and nobody else."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, actor
from tests.factories.payments import (
    as_system,
    make_batch,
    make_checked_claim,
    make_claim,
    make_deliveries,
)
from tests.vouchers.bank_driver import Bank
from tests.vouchers.payments.payments_driver import Payments
from vouchers.payments.models import Claim
from vouchers.payments.services import claims, reversal
from vouchers.payments.states import ClaimState


@pytest.fixture
def heard(session, cast):
    """What was told to people of providers: who, and the beginning of the sentence."""

    def read(beginning: str) -> set:
        as_system(session)
        providers = {cast.boris.id, cast.maria.id, cast.oleg.id, cast.rita.id, cast.corina.id}
        found = session.scalars(
            select(InboxMessage).where(
                InboxMessage.user_id.in_(providers), InboxMessage.message.startswith(beginning)
            )
        ).all()
        assert len({(one.user_id, one.key) for one in found}) == len(found)
        assert all(one.link.startswith("/claims/mine/") for one in found)
        return {one.user_id for one in found}

    return read


@pytest.fixture
def books(cast):
    return {cast.boris.id, cast.maria.id}


@pytest.fixture
def order(session, cast):
    [released] = make_batch(session, cast, until="released").orders
    as_system(session)
    return released


def messages(session, beginning):
    as_system(session)
    return session.scalars(
        select(InboxMessage).where(InboxMessage.message.startswith(beginning))
    ).all()


def test_a_payment_is_told_once_though_its_match_is_undone_and_made_again(
    session, cast, order, heard, books
):
    bank = Bank(session, cast)
    line = bank.pay(order, order.amount_minor, NOW)
    assert heard("Payment %(reference)s of") == books
    assert bank.undo(line, NOW)
    bank.pay(order, order.amount_minor, NOW)
    as_system(session)
    told = messages(session, "Payment %(reference)s of")
    assert len(told) == 2
    assert {one.params["amount"] for one in told} == {"1000.00 MDL"}


def test_a_payment_that_was_not_made_is_told(session, cast, order, heard, books):
    Payments(session, cast).fail(order, NOW)
    session.commit()
    assert heard("Payment %(reference)s was not made") == books


def test_a_payment_that_came_back_is_told(session, cast, order, heard, books):
    payments = Payments(session, cast)
    payments.settle(order, NOW)
    session.commit()
    payments.bounce(order, 0, NOW)
    session.commit()
    assert heard("Payment %(reference)s came back") == books


def test_what_is_wholly_set_off_is_told(session, cast, order, heard, books):
    payments = Payments(session, cast)
    payments.settle(order, NOW)
    session.commit()
    [claim] = session.scalars(select(Claim)).all()
    petru = payments.acting(cast.petru)
    for line in list(claim.lines):
        reversal.reverse(session, line.redemption, actor=petru, reason="a mistake", now=NOW)
        session.commit()
    as_system(session)
    [set_off] = make_batch(
        session, cast, [make_checked_claim(session, cast)], until="released"
    ).orders
    assert set_off.amount == Money(0, "MDL")
    assert heard("Payment %(reference)s is settled") == books


def test_what_is_refused_is_told_when_the_claim_is_checked_and_at_once_after_that(
    session, cast, heard, books
):
    claim = make_claim(session, cast, make_deliveries(session, cast, 3))
    session.commit()
    petru = actor(session, cast.petru)
    claims.refuse_line(session, claim.lines[0], actor=petru, reason="no list", now=NOW)
    session.commit()
    assert heard("Claim %(reference)s is checked") == set()
    lines = [line.id for line in claim.lines]
    claims.accept_lines(session, claim, actor=petru, line_ids=lines, now=NOW)
    claims.check(session, claim, actor=petru, now=NOW)
    session.commit()
    assert heard("Claim %(reference)s is checked, but") == books
    later = next(line for line in claim.lines if line.state == "accepted")
    claims.refuse_line(session, later, actor=petru, reason="no list", now=NOW)
    session.commit()
    assert claim.state == ClaimState.CHECKED
    assert heard("A line of claim %(reference)s was refused") == books


def test_a_claim_that_is_right_is_no_news_before_it_is_paid(session, cast, heard):
    make_checked_claim(session, cast)
    assert heard("") == set()
