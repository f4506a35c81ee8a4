"""A transfer taken back by two people, whole or in part, and what the books say of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel import permissions
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import Refused
from tests.factories.cast import NOW, TODAY, actor
from tests.vouchers.stripe_rail.test_orders import sound
from vouchers.books.services import laws
from vouchers.books.services.balances import provider_balances
from vouchers.payments.models import Claim
from vouchers.payments.services import reversal as taking_back
from vouchers.payments.states import ClaimState, OrderState
from vouchers.stripe_rail.models import StripeAccount, StripePayout
from vouchers.stripe_rail.objects import Reversal
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.services import reversals
from vouchers.stripe_rail.states import PayoutState, ReversalCause, ReversalState

PART = ReversalCause.CLAWBACK
WHOLE = ReversalCause.PAYOUT_FAILED


@pytest.fixture
def paid(rail):
    """An order of two deliveries that Stripe paid."""
    order = rail.order(2)
    rail.deliver()
    assert order.state is OrderState.SETTLED
    return order


def claim_of(rail, order):
    return rail.session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()


def claw_back(rail, order):
    """Take one of two deliveries back; return what is owed for it."""
    line = claim_of(rail, order).lines[0]
    alina = actor(rail.session, rail.cast.alina)
    taking_back.reverse(rail.session, line.redemption, actor=alina, reason="greșeală", now=NOW)
    rail.session.commit()
    return line.redemption.amount


def fail_payout(rail, order):
    """Let the provider's bank send back what Stripe paid out."""
    account = rail.session.scalars(
        select(StripeAccount).where(StripeAccount.reference == rail.account)
    ).one()
    rail.session.add(
        StripePayout(
            id=new_id(),
            reference="po_1",
            account_id=account.id,
            amount=order.amount,
            state=PayoutState.FAILED,
            arrives_on=TODAY,
            failure_code="account_closed",
            made_at=NOW + timedelta(hours=1),
            asked_at=NOW,
        )
    )
    rail.session.commit()


def ask(rail, order, cause, amount, *, by=None):
    who = actor(rail.session, by or rail.cast.petru)
    asked = reversals.ask(
        rail.session, order, actor=who, cause=cause, amount=amount, reason="x", now=NOW
    )
    rail.session.commit()
    return asked


def confirm(rail, asked):
    reversals.confirm(rail.session, asked, actor=actor(rail.session, rail.cast.alina), now=NOW)
    rail.session.commit()


def test_what_was_clawed_back_comes_back_once_two_people_want_it(rail, paid):
    owed = claw_back(rail, paid)
    with pytest.raises(Invalid):
        ask(rail, paid, PART, owed + Money(1, "MDL"))
    rail.session.rollback()
    asked = ask(rail, paid, PART, owed)
    with pytest.raises(Conflict):
        ask(rail, paid, PART, owed)
    rail.session.rollback()
    rail.deliver()
    assert asked.state is ReversalState.WAITING
    for one in (rail.cast.petru, rail.cast.radu):
        who = actor(rail.session, one)
        with pytest.raises(NotPermitted):
            reversals.confirm(rail.session, asked, actor=who, now=NOW)
    confirm(rail, asked)
    rail.wrong("drop_answer")
    for _ in range(3):
        rail.deliver()
        rail.later(hours=1)
    assert (asked.state, paid.state, paid.taken_back) == ("done", "settled", owed)
    balance = provider_balances(rail.session, [paid.provider_id])[(paid.provider_id, "MDL")]
    assert balance.receivable == Money(0, "MDL")
    assert sound(rail)
    told = Reversal(asked.reference, "tr_x", owed, reversals.key_of(asked.id), NOW)
    assert reversals.reversed_(rail.session, told, now=NOW) is asked  # the webhook comes later


def test_money_that_no_bank_took_comes_back_whole_and_its_claims_are_payable(rail, paid):
    with pytest.raises(Conflict):
        ask(rail, paid, WHOLE, paid.amount)
    rail.session.rollback()
    fail_payout(rail, paid)
    claim = claim_of(rail, paid)
    confirm(rail, ask(rail, paid, WHOLE, paid.amount))
    rail.deliver()
    assert (paid.state, claim.state) == (OrderState.RETURNED, ClaimState.CHECKED)
    assert sound(rail)


def test_what_the_account_does_not_hold_is_refused_and_changes_nothing(rail, paid):
    owed = claw_back(rail, paid)
    asked = ask(rail, paid, PART, owed)
    confirm(rail, asked)
    rail.later(days=3)  # Stripe has paid it out
    rail.deliver()
    assert (asked.state, asked.problem) == (ReversalState.REFUSED, "balance_insufficient")
    assert not paid.taken_back
    assert laws.broken(rail.session) == []


def test_a_reversal_that_nobody_here_confirmed_is_not_booked(rail, paid):
    owed = claw_back(rail, paid)
    asked = ask(rail, paid, PART, owed)
    for key in ("", "stripe_reversal:x:reverse", reversals.key_of(asked.id)):
        told = Reversal("trr_1", "tr_1", owed, key, NOW)
        with pytest.raises(Refused):
            reversals.reversed_(rail.session, told, now=NOW)
    assert permissions.permits(SYSTEM, StripePermission.FINISH_REVERSAL, asked)
    reversals.decline(
        rail.session, asked, actor=actor(rail.session, rail.cast.alina), reason="nu", now=NOW
    )
    assert (asked.state, paid.taken_back) == (ReversalState.DECLINED, Money(0, "MDL"))
