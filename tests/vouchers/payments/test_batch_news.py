"""Whoever approves a batch sees what is new in it, and how it differs from the one before."""

from datetime import timedelta

import pytest

from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import (
    as_system,
    bank_line,
    make_checked_claim,
    make_deliveries,
    statement,
)
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentOrder
from vouchers.payments.queries.batch_news import difference, news
from vouchers.payments.services import batches, payees, returns

ELSEWHERE = "MD24AG000225100013104168"


@pytest.fixture
def paid(session, cast):
    """A batch of one payee, which the bank has paid."""
    return pay(session, cast, 2)


def pay(session, cast, deliveries, *, day=0):
    batch = checked_batch(session, cast, deliveries, until="released", day=day)
    petru, later = actor(session, cast.petru), NOW + timedelta(days=day, hours=3)
    line = bank_line(batch.orders[0], day=TODAY + timedelta(days=day))
    import_file(session, actor=petru, name="zi.xml", content=statement(cast, line), now=later)
    session.commit()
    assert session.get_one(PaymentOrder, batch.orders[0].id).state == "settled"
    return batch


def checked_batch(session, cast, deliveries=1, *, until="prepared", day=1):
    made = make_deliveries(session, cast, deliveries)
    claim = make_checked_claim(session, cast, deliveries=made)
    now = NOW + timedelta(days=day)
    batch = batches.prepare(
        session,
        actor=actor(session, cast.petru),
        claim_ids=[claim.id],
        paid_from=cast.bank_account,
        execution_on=TODAY + timedelta(days=day),
        now=now,
    )
    session.commit()
    if until == "released":
        batches.approve(session, batch, actor=actor(session, cast.alina), now=now)
        batches.release(session, batch, actor=actor(session, cast.radu), now=now)
        session.commit()
    as_system(session)
    return batch


def told(session, batch):
    return [(str(one.kind), one.order.payee_name) for one in news(session, batch)]


def move(session, cast, *, iban=ELSEWHERE, holder=None):
    """Let the payee be paid elsewhere, as two people do, and let its waiting be over."""
    account = payees.propose(
        session,
        actor=actor(session, cast.petru),
        provider=cast.provider,
        currency="MDL",
        iban=iban,
        holder=holder or cast.provider.legal_name,
        now=NOW,
    )
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    account.pays_from = TODAY
    session.commit()
    return account


def test_a_payee_that_was_never_paid_is_new(session, cast):
    batch = checked_batch(session, cast, day=0)
    assert told(session, batch) == [("payee", batch.orders[0].payee_name)]
    assert difference(session, batch) is None


def test_a_payee_whose_first_order_only_left_is_still_new(session, cast):
    checked_batch(session, cast, until="released", day=0)
    assert [kind for kind, _ in told(session, checked_batch(session, cast))] == ["payee"]


def test_a_payee_whose_first_payment_came_back_is_still_new(session, cast, paid):
    order = session.get_one(PaymentOrder, paid.orders[0].id)
    returns.return_order(
        session,
        order,
        actor=actor(session, cast.petru),
        received=order.amount,
        reason="AC04",
        now=NOW + timedelta(hours=4),
    )
    session.commit()
    as_system(session)
    batch = checked_batch(session, cast)
    assert [kind for kind, _ in told(session, batch)] == ["payee"]


def test_the_same_account_and_no_more_than_before_is_no_news(session, cast, paid):
    assert told(session, checked_batch(session, cast, 2)) == []


def test_another_account_than_at_the_last_payment_comes_first(session, cast, paid):
    move(session, cast)
    found = news(session, checked_batch(session, cast, 3))
    assert [str(one.kind) for one in found] == ["account", "largest"]
    assert found[0].order.payee_iban == ELSEWHERE
    assert found[0].before.last.id == paid.orders[0].id


def test_once_it_was_paid_there_the_account_is_no_news_any_more(session, cast, paid):
    move(session, cast)
    pay(session, cast, 1, day=1)
    assert told(session, checked_batch(session, cast, 1, day=2)) == []


def test_another_holder_of_the_same_kind_of_account_is_said(session, cast, paid):
    move(session, cast, holder="Alt Nume SRL")
    kinds = [kind for kind, _ in told(session, checked_batch(session, cast, 1))]
    assert kinds == ["account", "holder"]


def test_a_sum_above_all_that_was_paid_so_far_is_told_in_figures(session, cast, paid):
    pay(session, cast, 1, day=1)
    (found,) = news(session, checked_batch(session, cast, 3, day=2))
    assert found.kind == "largest"
    assert found.before.largest == paid.orders[0].amount
    assert found.before.times == 2


def test_it_differs_from_the_last_batch_that_left_the_same_account(session, cast, paid):
    batch = checked_batch(session, cast, 3)
    found = difference(session, batch)
    assert found.before.id == paid.id
    assert found.more == batch.total - paid.total
    assert (list(found.added), list(found.gone)) == ([], [])


def test_a_batch_that_was_cancelled_is_none_before(session, cast, paid):
    batches.cancel(
        session,
        checked_batch(session, cast),
        actor=actor(session, cast.petru),
        reason="greșit",
        now=NOW + timedelta(days=1, hours=1),
    )
    session.commit()
    as_system(session)
    assert difference(session, checked_batch(session, cast, day=2)).before.id == paid.id


def test_payees_that_were_added_and_those_that_are_gone_have_their_names(session, cast, paid):
    batch = checked_batch(session, cast)
    earlier = session.get_one(PaymentOrder, paid.orders[0].id)
    with session.no_autoflush:
        batch.orders[0].provider_id, kept = cast.other_provider.id, batch.orders[0].provider_id
        found = difference(session, batch)
        assert [one.id for one in found.added] == [batch.orders[0].id]
        assert [one.id for one in found.gone] == [earlier.id]
        batch.orders[0].provider_id = kept
    session.rollback()


@pytest.mark.parametrize("language", ["en", "ro", "ru"])
def test_the_approver_reads_it_on_the_page_before_the_button(
    session, cast, sign_in, paid, language
):
    move(session, cast)
    batch = checked_batch(session, cast, 3)
    before = session.get_one(PaymentOrder, paid.orders[0].id)
    page = (
        sign_in(cast.alina).get(f"/batches/{batch.id}?lang={language}").text.replace("\u00a0", " ")
    )
    orders = page.index(batch.orders[0].reference)
    for account in (ELSEWHERE, before.payee_iban):
        assert page.index(f"{account[:4]} •••• {account[-4:]}") < orders
        assert account not in page
    assert page.index(paid.reference) < orders


def test_once_it_has_left_nothing_is_called_new(session, cast, sign_in):
    batch = checked_batch(session, cast, until="released", day=0)
    assert "What is new in it" not in sign_in(cast.alina).get(f"/batches/{batch.id}?lang=en").text
