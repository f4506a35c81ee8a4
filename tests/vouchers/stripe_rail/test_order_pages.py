"""What finance reads of an order at Stripe, and how it takes one back."""

import pytest
from sqlalchemy import select

from reintegration.kernel import clock
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage
from tests.factories.cast import TODAY
from tests.vouchers.stripe_rail.test_reversals import WHOLE, ask, claw_back, fail_payout
from vouchers.payments.states import OrderState
from vouchers.stripe_rail.models import StripeReversal
from vouchers.stripe_rail.queries import under_way
from vouchers.stripe_rail.views import refusal_words


def test_an_order_without_an_answer_is_shown_as_that_and_named_today_after_an_hour(rail, sign_in):
    rail.wrong("drop_answer")
    order = rail.order()
    rail.deliver()
    rail.deliver()  # it waits now to be asked again
    petru = sign_in(rail.cast.petru)
    assert "Stripe has not answered" in petru.get(f"/batches/{order.batch_id}?lang=en").text
    story = petru.get(f"/batches/orders/{order.id}?lang=en").text
    assert "Stripe is asked again at" in story
    assert "and never pays twice" in story
    assert order.reference in petru.get("/stripe/orders/?lang=en").text
    assert "without an answer" not in petru.get("/account/today?lang=en").text
    message = rail.session.scalars(
        select(OutboxMessage).where(OutboxMessage.channel.startswith("stripe."))
    ).one()
    message.queued_at = clock.now() - 2 * under_way.UNKNOWN_FOR_LONG
    rail.session.commit()
    assert "Orders without an answer of Stripe" in petru.get("/account/today?lang=en").text
    rail.later(hours=1)
    rail.deliver()
    told = petru.get(f"/batches/orders/{order.id}?lang=en").text
    assert "not yet: it is on the provider" in told
    assert "Stripe has not answered" not in told


def test_an_order_whose_answer_was_lost_and_that_is_settled_is_not_without_an_answer(rail, sign_in):
    rail.wrong("drop_answer", times=9)
    order = rail.order()
    rail.deliver()
    petru = sign_in(rail.cast.petru)
    assert order.reference in petru.get("/stripe/orders/?lang=en").text
    order.paid, order.settled_on = order.amount, TODAY  # as Stripe's own message settles it
    order.state = OrderState.SETTLED
    rail.session.commit()
    assert order.reference not in petru.get("/stripe/orders/?lang=en").text


def test_an_order_that_waits_to_be_sent_is_not_called_sent(rail, sign_in):
    order = rail.order()
    petru = sign_in(rail.cast.petru)
    for page in (f"/batches/{order.batch_id}", f"/batches/orders/{order.id}"):
        told = petru.get(f"{page}?lang=en").text
        assert tag("Waits to be sent") in told
        assert tag("Sent") not in told


def tag(word):
    """Return the end of a tag that says just this."""
    return f">{word}</span>"


def test_an_order_that_stripe_refused_says_why_and_what_to_do(rail, sign_in):
    rail.wrong("insufficient_balance")
    order = rail.order()
    rail.deliver()
    petru = sign_in(rail.cast.petru)
    for page in (f"/batches/{order.batch_id}", "/batches/?show=all"):
        told = petru.get(f"{page}{'&' if '?' in page else '?'}lang=en").text
        assert tag("1 not paid") in told
        assert tag("Settled") not in told
    assert "Orders that Stripe did not pay" in petru.get("/account/today?lang=en").text
    for page in (
        f"/batches/orders/{order.id}",
        f"/batches/{order.batch_id}",
        "/stripe/orders/?show=failed",
    ):
        separator = "&" if "?" in page else "?"
        assert "Top it up from the bank" in petru.get(f"{page}{separator}lang=en").text


def test_two_people_take_an_order_back_on_its_pages(rail, sign_in):
    order = rail.order(2)
    rail.deliver()
    petru, address = sign_in(rail.cast.petru), f"/stripe/orders/{order.id}/reversal?lang=en"
    assert "Take back what is owed" not in petru.get(f"/batches/orders/{order.id}?lang=en").text
    owed = claw_back(rail, order)
    assert "Take back what is owed" in petru.get(f"/batches/orders/{order.id}?lang=en").text
    sent = {"amount": "500", "reason": "eroare", "form_key": str(new_id())}
    assert petru.post(address, data=sent).status_code == 302
    asked = rail.session.scalars(select(StripeReversal)).one()
    assert asked.amount == owed
    page = f"/stripe/orders/reversals/{asked.id}"
    assert petru.post(f"{page}/confirm", data={"form_key": str(new_id())}).status_code == 403
    alina = sign_in(rail.cast.alina)
    assert "Transfers to take back" in alina.get("/account/today?lang=en").text
    assert order.reference in alina.get("/stripe/orders/?show=taken_back&lang=en").text
    assert "Take the payment back" in alina.get(f"{page}/confirm?lang=en").text
    assert alina.post(f"{page}/confirm", data={"form_key": str(new_id())}).status_code == 302
    rail.deliver()
    assert "Taken back" in petru.get(f"{page}?lang=en").text
    assert (asked.state, order.taken_back) == ("done", owed)


def test_money_that_no_bank_took_is_said_with_its_reason_and_asked_back_once(rail, sign_in):
    order = rail.order(2)
    rail.deliver()
    fail_payout(rail, order)
    petru, page = sign_in(rail.cast.petru), f"/batches/orders/{order.id}?lang=en"
    told = petru.get(page).text
    assert "The bank says that the account is closed" in told
    assert "at the provider&#39;s bank on" not in told
    assert "Take all of it back" in told
    ask(rail, order, WHOLE, order.amount)
    told = petru.get(page).text
    assert "Waiting for approval" in told
    assert "Take all of it back" not in told


@pytest.mark.parametrize("code", ["resource_missing", "something_new", ""])
def test_each_code_has_a_sentence_and_an_unknown_one_is_named(app, code):
    with app.test_request_context("/?lang=en"):
        paid, back = refusal_words.not_paid(code), refusal_words.not_taken_back(code)
        assert "new batch" in paid
        if code == "something_new":
            assert "(something_new)" in paid
            assert "(something_new)" in back
