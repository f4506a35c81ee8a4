"""A payment service as a rail: messages instead of a file, and what becomes of each order."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import OutboxMessage
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import (
    as_system,
    make_batch,
    make_checked_claim,
    make_deliveries,
    pay_lei_by_stripe,
    put_at_service,
)
from vouchers.books.models import LedgerLine
from vouchers.books.services import laws
from vouchers.books.states import Account
from vouchers.payments.models import Claim
from vouchers.payments.services import batches, payees, rails, returns, reversal, settlement
from vouchers.payments.states import BatchState, ClaimState, OrderState, Rail

STRIPE = Rail.STRIPE_TRANSFER
NOTE = {"transfer": "tr_1"}


@pytest.fixture
def there(session, cast, monkeypatch):
    """The account of the cast's provider, which Stripe keeps."""
    pay_lei_by_stripe(monkeypatch)
    return put_at_service(session, cast, cast.provider)


@pytest.fixture
def order(session, cast, there):
    """One order of two deliveries, released."""
    claim = make_checked_claim(session, cast, deliveries=make_deliveries(session, cast, 2))
    return make_batch(session, cast, [claim], until="released", by=STRIPE).orders[0]


@pytest.fixture
def settled(session, cast, order):
    petru = actor(session, cast.petru)
    settlement.settle_order(session, order, actor=petru, on=TODAY, note=NOTE, now=NOW)
    session.commit()
    return order


@pytest.fixture
def clawed(session, cast, settled):
    """An order of which one of two deliveries was taken back after it was paid."""
    alina = actor(session, cast.alina)
    delivery = claim_of(session, settled).lines[0].redemption
    reversal.reverse(session, delivery, actor=alina, reason="greșeală", now=NOW)
    session.commit()
    return settled


def claim_of(session, order):
    return session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()


def balances(session):
    """What each account of the actual book has been debited and credited, without what is even."""
    as_system(session)
    found: dict[str, int] = {}
    for line in session.scalars(select(LedgerLine)):
        found[line.account] = found.get(line.account, 0) + line.debit_minor - line.credit_minor
    return {Account(account): minor for account, minor in found.items() if minor}


def sound(session):
    as_system(session)
    return {one.law.name for one in laws.broken(session)} <= {
        "stripe"
    }  # of which nobody tells here


def take_back(session, cast, order, minor):
    petru, amount = actor(session, cast.petru), Money(minor, "MDL")
    returns.take_back(session, order, amount, actor=petru, note=NOTE, now=NOW)
    session.commit()


def test_a_release_queues_a_message_for_each_order_and_makes_no_file(session, order):
    assert (order.batch.rail, order.batch.bank_account_id) == (STRIPE, None)
    assert order.batch.file_name is None
    assert order.payee_service_account.startswith("acct_")
    as_system(session)
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.channel != "mail")).one()
    assert message.idempotency_key == f"payment_order:{order.id}:transfer"
    assert (message.channel, message.payload) == ("stripe.transfers", {"order": str(order.id)})
    assert balances(session)[Account.PAYMENTS_IN_TRANSIT] == -100_000
    assert sound(session)


def test_what_stripe_paid_leaves_our_balance_there_and_settles_the_batch(session, settled):
    assert settled.state is OrderState.SETTLED
    assert settled.settled_on == TODAY
    assert settled.batch.state is BatchState.SETTLED
    assert balances(session)[Account.STRIPE_BALANCE] == -100_000
    assert sound(session)


def test_a_settlement_that_was_undone_can_settle_again(session, cast, settled):
    petru = actor(session, cast.petru)
    for _ in range(2):
        settlement.unsettle(session, settled, actor=petru, reason="greșit", now=NOW)
        assert Account.STRIPE_BALANCE not in balances(session)
        settlement.settle_order(session, settled, actor=petru, on=TODAY, note=NOTE, now=NOW)
    assert sound(session)


def test_what_stripe_refused_is_owed_again(session, cast, order):
    claim = claim_of(session, order)
    petru = actor(session, cast.petru)
    settlement.fail_order(session, order, actor=petru, reason="no funds", now=NOW)
    assert (order.state, claim.state) == (OrderState.FAILED, ClaimState.CHECKED)
    assert sound(session)


def test_what_stripe_brought_back_whole_returns_to_our_balance(session, cast, settled):
    petru, whole = actor(session, cast.petru), settled.amount
    kept = Money(1, "MDL")
    with pytest.raises(Invalid):  # a service keeps nothing on the way
        returns.return_order(
            session, settled, actor=petru, received=whole - kept, charges=kept, reason="x", now=NOW
        )
    returns.return_order(session, settled, actor=petru, received=whole, reason="x", now=NOW)
    assert settled.state is OrderState.RETURNED
    assert Account.STRIPE_BALANCE not in balances(session)
    assert sound(session)


def test_a_part_is_taken_back_up_to_what_its_payee_owes_of_the_order(session, cast, clawed):
    assert returns.most_taken_back(session, clawed) == Money(50_000, "MDL")
    take_back(session, cast, clawed, 20_000)
    take_back(session, cast, clawed, 30_000)
    for minor in (1, 0, -1):
        with pytest.raises(Invalid):
            take_back(session, cast, clawed, minor)
    assert clawed.taken_back == Money(50_000, "MDL")
    assert Account.PROVIDER_RECEIVABLE not in balances(session)
    assert sound(session)


def test_an_order_of_which_a_part_came_back_returns_by_the_rest(session, cast, clawed):
    take_back(session, cast, clawed, 50_000)
    petru = actor(session, cast.petru)
    with pytest.raises(Conflict):
        settlement.unsettle(session, clawed, actor=petru, reason="x", now=NOW)
    rest = clawed.amount - clawed.taken_back
    refund = returns.return_order(session, clawed, actor=petru, received=rest, reason="x", now=NOW)
    assert refund == Money(0, "MDL")
    assert balances(session)[Account.PROVIDER_PAYABLE] == -50_000
    assert sound(session)


def test_a_bank_brings_back_no_part(session, cast):
    paid = make_batch(session, cast, until="released").orders[0]
    with pytest.raises(Conflict):
        take_back(session, cast, paid, 1)


def test_each_batch_takes_only_those_who_are_paid_its_way(session, cast, there):
    checked = make_checked_claim(session, cast)
    with pytest.raises(Conflict, match="not paid this way"):
        make_batch(session, cast, [checked])
    session.rollback()
    assert make_batch(session, cast, [checked], by=STRIPE).rail is STRIPE


def test_nothing_new_is_paid_through_a_rail_that_is_off_and_what_was_sent_settles(
    session, cast, there, order, monkeypatch
):
    approved = make_batch(session, cast, until="approved", by=STRIPE)
    checked = make_checked_claim(session, cast)
    monkeypatch.setitem(rails._switches, STRIPE, lambda: False)
    assert [way.rail for way in rails.ways("MDL")] == [Rail.MDL_CSV]
    petru, radu = actor(session, cast.petru), actor(session, cast.radu)
    with pytest.raises(Conflict, match="switched off"):
        batches.release(session, approved, actor=radu, now=NOW)
    session.rollback()
    with pytest.raises(Conflict, match="switched off"):
        make_batch(session, cast, [checked], by=STRIPE)
    session.rollback()
    with pytest.raises(Conflict):
        payees.propose_service(
            session,
            actor=petru,
            provider=cast.provider,
            currency="MDL",
            service_account="acct_2",
            holder="x",
            now=NOW,
        )
    settlement.settle_order(session, order, actor=petru, on=TODAY, note=NOTE, now=NOW)
    assert sound(session)


def test_an_account_at_a_service_needs_two_people_and_serves_one_provider(session, cast, there):
    with pytest.raises(Conflict):
        payees.propose_service(
            session,
            actor=actor(session, cast.petru),
            provider=cast.other_provider,
            currency="MDL",
            service_account=there.service_account,
            holder="x",
            now=NOW,
        )
    assert (there.proposed_by, there.approved_by) == (cast.petru.id, cast.alina.id)


def test_who_cannot_be_paid_now_is_refused_at_each_step_and_cannot_be_ticked(
    session, cast, there, sign_in, monkeypatch
):
    batch = make_batch(session, cast, by=STRIPE)
    waiting = make_checked_claim(session, cast)
    lapsed = rails.NotPayable(there.service_account, "Stripe wants papers of %(name)s.")
    asked = [*rails.why_not_payable._answers, lambda *_asked: [lapsed]]
    monkeypatch.setattr(rails.why_not_payable, "_answers", asked)
    with pytest.raises(Conflict, match="wants papers"):
        batches.approve(session, batch, actor=actor(session, cast.alina), now=NOW)
    session.rollback()
    with pytest.raises(Conflict, match="wants papers"):
        make_batch(session, cast, [waiting], by=STRIPE)
    session.rollback()
    page = sign_in(cast.petru).get(f"/batches/new?currency=MDL&by={STRIPE}&lang=en").text
    assert "Stripe wants papers of Centrul" in page
    assert "disabled" in tick(page, waiting)


def test_the_page_of_a_new_batch_shows_who_is_paid_this_way_and_who_another(
    session, cast, there, sign_in
):
    claim = make_checked_claim(session, cast)
    browser = sign_in(cast.petru)
    by_bank = browser.get(f"/batches/new?currency=MDL&by={Rail.MDL_CSV}&lang=en").text
    assert "paid through Stripe" in by_bank
    assert f"acct_…{there.service_account[-4:]}" in by_bank
    assert f'value="{claim.id}"' not in by_bank
    by_stripe = browser.get("/batches/new?currency=MDL").text  # nobody is paid another way
    assert "checked" in tick(by_stripe, claim)
    assert 'name="account"' not in by_stripe


def test_the_pages_of_a_batch_speak_of_stripe_and_no_hand_fails_its_order(
    session, cast, there, sign_in
):
    batch = make_batch(session, cast, until="approved", by=STRIPE)
    radu, address = sign_in(cast.radu), f"/batches/{batch.id}/release?lang=en"
    assert "Each order is sent to Stripe" in radu.get(address).text
    sent = {"form_key": str(new_id())}
    answer = radu.post(address, data=sent, follow_redirects=True).text
    assert "Its orders are being sent to Stripe" in answer
    petru, order = sign_in(cast.petru), batch.orders[0]
    page = petru.get(f"/batches/{batch.id}?lang=en").text
    assert "No file is made" in page
    assert "Download the file" not in page
    assert "The bank refused it" not in page
    assert petru.get(f"/batches/orders/{order.id}/fail").status_code == 404


def tick(page, claim):
    """Return the box by which a claim is ticked, as HTML."""
    return next(part for part in page.split("<input") if f'value="{claim.id}"' in part)


def test_a_held_account_at_a_service_is_not_paid_before_its_day_whatever_day_is_asked_for(
    session, cast, there
):
    claim = make_checked_claim(session, cast)
    there.pays_from = TODAY + timedelta(days=3)
    session.commit()
    with pytest.raises(Conflict, match="is paid at its new account from"):
        batches.prepare(
            session,
            actor=actor(session, cast.petru),
            claim_ids=[claim.id],
            paid_from=STRIPE,
            execution_on=TODAY + timedelta(days=9),
            now=NOW,
        )
