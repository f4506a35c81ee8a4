"""Three providers of the demo are paid at Stripe, and the simulator goes on from what it did."""

import pytest
from sqlalchemy import func, select

from demo.payments import CYCLES
from reintegration.kernel.jobs import JobRun
from reintegration.kernel.outbox import OutboxMessage, OutboxState, OutcomeUnknown
from reintegration.operations.simulated import HISTORY
from tools.stripe_simulator import Settings, State, serve
from tools.stripe_simulator.switches import clear
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState, Rail
from vouchers.stripe_rail.gateway import Gateway
from vouchers.stripe_rail.jobs import SWEEP
from vouchers.stripe_rail.models import (
    StripeAccount,
    StripeEvent,
    StripeLine,
    StripePayout,
    StripeReversal,
    StripeTransfer,
)
from vouchers.stripe_rail.states import EventState, LineState, PayoutState, ReversalState

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def simulator(demo):
    """A simulator that goes on from the demo."""
    state = State(Settings())
    state.go_on_from(demo.settings.instance / HISTORY)
    return state


@pytest.fixture
def stripe(simulator):
    """The product's way to it."""
    with serve(simulator) as address:
        yield Gateway(simulator.settings.key, api_base=address, repeats=0)


def count(session, *conditions) -> int:
    return session.scalar(select(func.count()).where(*conditions))


def sent_but_not_heard_of(session):
    return session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.channel == rails.WAYS[Rail.STRIPE_TRANSFER].channel,
            OutboxMessage.state == OutboxState.UNKNOWN,
        )
    ).all()


def test_there_is_each_thing_that_may_become_of_an_order(read):
    assert count(read, StripeAccount.id.is_not(None)) == 3
    assert count(read, StripeTransfer.order_id.is_not(None)) >= 3 * CYCLES
    assert count(read, StripeReversal.state == ReversalState.DONE) == 1
    assert count(read, StripePayout.state == PayoutState.FAILED) == 2
    assert count(read, StripePayout.state == PayoutState.PAID) >= 1
    assert count(read, StripeLine.state == LineState.OPEN) == 1
    assert len(sent_but_not_heard_of(read)) == 1


def test_beside_them_a_year_of_orders_in_euro_left_in_files_of_a_bank(read):
    by_bank = select(PaymentOrder).join(PaymentBatch).where(PaymentBatch.rail == Rail.SEPA_PAIN001)
    orders = read.scalars(by_bank).all()
    assert len(orders) >= CYCLES
    assert {one.currency for one in orders} == {"EUR"}
    assert OrderState.SETTLED in {one.state for one in orders}
    assert all(one.batch.file_name.endswith(".xml") for one in orders if one.batch.released_at)


def test_the_simulator_knows_what_the_books_know(read, stripe):
    kept = list(read.scalars(select(StripeTransfer)))
    for transfer in kept:
        said = stripe.transfer_of(transfer.reference)
        assert (said.amount, said.reversed) == (transfer.amount, transfer.reversed)
        assert said.destination == transfer.destination
    for account in read.scalars(select(StripeAccount)):
        said = stripe.account(account.reference)
        assert (said.transfers, said.payouts_active) == (account.transfers, account.payouts_active)
        assert len(said.due) == len(account.due)


def asked_again(stripe, order, message):
    return stripe.transfer(
        key=message.idempotency_key,
        order=order.reference,
        group=order.end_to_end_id,
        amount=order.amount,
        destination=order.payee_service_account,
    )


def test_nobody_hears_of_one_order_until_the_simulator_is_let_answer(read, simulator, stripe):
    (message,) = sent_but_not_heard_of(read)
    order = read.get(PaymentOrder, message.payload["order"])
    assert order.state == OrderState.RELEASED
    with pytest.raises(OutcomeUnknown):
        asked_again(stripe, order, message)
    with pytest.raises(OutcomeUnknown):
        stripe.transfers_in(order.end_to_end_id)
    clear(simulator)
    with pytest.raises(OutcomeUnknown):  # the error is kept under the key: only looking helps
        asked_again(stripe, order, message)
    (found,) = stripe.transfers_in(order.end_to_end_id)
    assert (found.order, found.amount) == (order.reference, order.amount)


def test_other_orders_are_answered_meanwhile(read, stripe):
    (message,) = sent_but_not_heard_of(read)
    order = read.get(PaymentOrder, message.payload["order"])
    paid = read.scalars(select(StripeTransfer).limit(1)).one()
    assert stripe.transfers_in("of no order") == []
    made = stripe.transfer(
        key="another",
        order="another",
        group="another",
        amount=order.amount,
        destination=stripe.transfer_of(paid.reference).destination,
    )
    assert made.amount == order.amount


def test_the_next_sweep_is_that_of_the_next_night(read):
    assert count(read, JobRun.job == SWEEP.name) == 1


def test_each_transfer_was_told_of_by_a_message(read):
    told = set(read.scalars(select(StripeEvent.about).where(StripeEvent.state == EventState.DONE)))
    assert set(read.scalars(select(StripeTransfer.reference))) <= told
