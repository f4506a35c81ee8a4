"""Orders at Stripe, whatever goes wrong: none is paid twice, and none is lost."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import outbox
from reintegration.kernel.errors import Conflict
from tests.factories.cast import NOW
from tests.factories.payments import as_system, make_batch, make_checked_claim
from tests.vouchers.stripe_rail.rail import hasty
from tools.stripe_simulator import clear
from vouchers.books.models import LedgerLine
from vouchers.books.services import laws
from vouchers.books.states import Account
from vouchers.payments.models import Claim
from vouchers.payments.states import ClaimState, OrderState, Rail
from vouchers.stripe_rail.credential import STRIPE
from vouchers.stripe_rail.models import StripeAccount, StripeEvent, StripeTransfer
from vouchers.stripe_rail.objects import Notice
from vouchers.stripe_rail.services import events, transfers
from vouchers.stripe_rail.states import EventState


def at_stripe(session):
    """Return our balance at Stripe as the books have it, less what was filled in."""
    as_system(session)
    lines = session.scalars(select(LedgerLine).where(LedgerLine.account == Account.STRIPE_BALANCE))
    return sum(line.debit_minor - line.credit_minor for line in lines)


def sound(rail):
    as_system(rail.session)
    assert laws.broken(rail.session) == []
    spent = rail.stripe.balance()["mdl"] - 1_000_000
    return at_stripe(rail.session) == spent


def test_an_order_is_one_transfer_that_names_its_number_and_settles_it(rail):
    order = rail.order()
    rail.deliver()
    (made,) = rail.stripe.state.books.transfers.values()
    assert made.metadata == {"order": order.reference}
    assert (made.transfer_group, made.destination) == (order.end_to_end_id, rail.account)
    assert (made.description, made.amount) == (None, order.amount_minor)
    kept = rail.session.get_one(StripeTransfer, order.id)
    assert (kept.reference, kept.amount) == (made.id, order.amount)
    assert (order.state, order.batch.state) == (OrderState.SETTLED, "settled")
    assert sound(rail)


@pytest.mark.parametrize(
    "switch",
    ["drop_answer", "answer_late", "error_after", "error_before", "conflict", "rate_limited"],
)
def test_whatever_goes_wrong_on_the_way_it_is_paid_once_or_fails(rail, monkeypatch, switch):
    monkeypatch.setitem(rail.app.extensions, "stripe", hasty(rail.stripe.url, answer=0.5))
    rail.wrong(switch, seconds={"answer_late": 1.5, "rate_limited": 600}.get(switch))
    order = rail.order()
    rail.deliver()
    assert order.state is OrderState.RELEASED
    (message,) = rail.messages()
    assert message.nobody_knows is (switch != "rate_limited")
    clear(rail.stripe.state)
    kept_error = switch == "error_before"  # Stripe answers it again for as long as it keeps the key
    assert rail.settled(order) == ("failed" if kept_error else "settled")
    assert rail.transfers() == ({} if kept_error else {order.reference: 1})
    assert sound(rail)


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ("insufficient_balance", "balance_insufficient"),
        ("account_restricted", "insufficient_capabilities_for_transfer"),
    ],
)
def test_a_definite_no_fails_the_order_and_its_claims_are_payable_again(rail, switch, code):
    rail.wrong(switch)
    order = rail.order()
    claim = rail.session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()
    rail.deliver()
    assert (order.state, order.failure) == (OrderState.FAILED, code)
    assert (claim.state, claim.payment_order_id) == (ClaimState.CHECKED, None)
    told = select(InboxMessage).where(InboxMessage.key == f"payment_order:{order.id}:failed")
    assert {one.user_id for one in rail.session.scalars(told)} == {rail.cast.petru.id}
    assert (rail.transfers(), sound(rail)) == ({}, True)


def test_stripe_is_given_the_time_that_it_asks_for(rail):
    rail.wrong("rate_limited", seconds=600)
    order = rail.order()
    rail.deliver()
    for minutes, state in ((5, OrderState.RELEASED), (7, OrderState.SETTLED)):
        rail.later(minutes=minutes)
        rail.deliver()
        assert order.state is state


def test_a_key_that_stripe_has_forgotten_is_not_used_before_it_was_asked_what_there_is(rail):
    rail.wrong("drop_answer")
    order = rail.order()
    rail.deliver()
    rail.later(hours=25)
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 1}


def test_what_is_not_there_after_a_day_fails_and_is_not_tried_again(rail):
    rail.wrong("error_before")
    order = rail.order()
    rail.deliver()
    rail.later(hours=25)
    assert (rail.settled(order), order.failure) == ("failed", "never_arrived")
    assert (rail.transfers(), sound(rail)) == ({}, True)


def test_what_stripe_only_put_off_leaves_after_a_day_once_nothing_is_found(rail):
    rail.wrong("rate_limited")
    order = rail.order()
    rail.deliver()
    rail.later(hours=25)
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 1}


def test_a_fault_of_our_own_fails_no_order_however_often_it_is_tried(rail, monkeypatch):
    order = rail.order()
    (message,) = rail.messages()
    message.attempts = outbox.MAX_ATTEMPTS
    with monkeypatch.context() as broken:
        broken.setattr(transfers, "asked", None)
        rail.deliver()
    assert (order.state, message.state) == (OrderState.RELEASED, "unknown")
    assert rail.settled(order) == "settled"
    assert rail.transfers() == {order.reference: 1}


def test_a_message_of_stripe_settles_an_order_before_its_answer_is_asked_for_again(rail):
    rail.wrong("drop_answer")
    order = rail.order()
    rail.deliver()
    (made,) = rail.stripe.state.books.transfers.values()
    for kind, about in (("transfer.created", made.id), ("transfer.created", "tr_none")):
        told = Notice(f"evt_{about}", kind, about, "", NOW, live=False)
        events.received(rail.session, told, live=False, actor=STRIPE, now=NOW)
    rail.deliver()
    assert order.state is OrderState.SETTLED
    refused = select(StripeEvent.problem).where(StripeEvent.state == EventState.REFUSED)
    assert rail.session.scalars(refused).all() == ["resource_missing"]
    rail.later(hours=1)
    rail.deliver()
    assert {one.state for one in rail.messages() if "order" in one.payload} == {"sent"}
    assert (rail.transfers(), sound(rail)) == ({order.reference: 1}, True)


def test_while_the_rail_is_off_or_its_key_is_wrong_orders_wait(rail, monkeypatch):
    order = rail.order()
    for stripe in (None, hasty(rail.stripe.url, key="sk_test_other")):
        monkeypatch.setitem(rail.app.extensions, "stripe", stripe)
        rail.deliver()
        assert (order.state, rail.messages()[0].state) == (OrderState.RELEASED, "queued")
        rail.later(hours=2)
    monkeypatch.setitem(rail.app.extensions, "stripe", hasty(rail.stripe.url))
    assert rail.settled(order) == "settled"


def test_nothing_is_prepared_for_an_account_of_which_nothing_is_known(rail, sign_in):
    """An id that was approved here says nothing of whose account it is, or whether it can be."""
    session, cast = rail.session, rail.cast
    known = session.scalars(select(StripeAccount).where(StripeAccount.reference == rail.account))
    session.delete(known.one())
    claim = make_checked_claim(session, cast)
    session.commit()
    with pytest.raises(Conflict, match="was not opened here, so nothing is known of it"):
        make_batch(session, cast, [claim], by=Rail.STRIPE_TRANSFER)
    session.rollback()
    page = sign_in(cast.petru).get("/batches/new?currency=MDL&lang=en").text
    assert "was not opened here, so nothing is known of it" in page
    assert f'value="{claim.id}" aria-label="{claim.reference}" disabled' in page
