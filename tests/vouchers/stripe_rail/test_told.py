"""What Stripe tells of payouts comes in over HTTP, whatever becomes of its messages on the way."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from reintegration.kernel import clock
from tests.factories.payments import as_system, make_batch, pay_lei_by_stripe
from tests.tools.conftest import Stripe, client_of
from tests.vouchers.stripe_rail.test_accounts import House
from tools.stripe_simulator import Settings, State, advance, arm, serve
from tools.stripe_simulator.state import DAY
from vouchers.payments.states import OrderState, Rail
from vouchers.stripe_rail.gateway import Gateway
from vouchers.stripe_rail.models import StripeEvent, StripePayout
from vouchers.stripe_rail.services import accounts
from vouchers.stripe_rail.states import EventState, PayoutState

SECRET = "whsec_of_the_simulator"
A_WHILE = 20.0


@pytest.fixture
def door(app, monkeypatch):
    """The application at an address to which Stripe can send."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    here = f"http://localhost:{server.server_port}"
    known = replace(
        app.extensions["settings"],
        base_url=here,
        service_url=here,
        stripe_api_key="sk_test_simulator",
        stripe_webhook_secrets=(SECRET,),
    )
    monkeypatch.setitem(app.extensions, "settings", known)
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"{here}/stripe/events"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def house(session, cast, app, monkeypatch, sign_in, door):
    """A provider that is paid at Stripe, one order that was sent, and messages that arrive."""
    pay_lei_by_stripe(monkeypatch)
    told = {"webhook_url": door, "webhook_secrets": (SECRET,)}
    state = State(Settings(currencies=("eur", "mdl"), **told))
    with serve(state) as url:
        way = Gateway(state.settings.key, api_base=url, wait=(2.0, 10.0), repeats=0)
        monkeypatch.setitem(app.extensions, "stripe", way)
        stripe = Stripe(state, url, client_of(url))
        stripe.top_up(1_000_000, "mdl")
        house = House(session, cast, app, stripe, sign_in(cast.maria))
        house.in_use()
        batch = make_batch(session, cast, until="released", by=Rail.STRIPE_TRANSFER)
        house.work_off()
        assert batch.orders[0].state is OrderState.SETTLED
        yield house


def let_arrive(house):
    """Wait until every message that is due was taken, then work them off."""
    state, give_up = house.stripe.state, time.monotonic() + A_WHILE
    house.session.commit()
    while any(one.status == "waiting" and one.due <= state.moment() for one in deliveries(house)):
        assert time.monotonic() < give_up, [one.answer for one in deliveries(house)]
        time.sleep(0.02)
    house.work_off()


def deliveries(house):
    with house.stripe.state.lock:
        return list(house.stripe.state.books.deliveries)


def payout(house):
    as_system(house.session)
    return house.session.scalars(
        select(StripePayout).execution_options(populate_existing=True)
    ).one_or_none()


def kept(house, kind):
    """Return how many messages of a kind are kept, and how many of them were worked off."""
    as_system(house.session)
    of_kind = select(StripeEvent.state, func.count()).where(StripeEvent.kind == kind)
    found = dict(house.session.execute(of_kind.group_by(StripeEvent.state)).all())
    return sum(found.values()), found.get(EventState.DONE, 0)


@pytest.mark.parametrize("switch", ["event_twice", "events_reordered", "event_late"])
def test_twice_out_of_order_or_late_a_payout_that_arrived_is_one_that_arrived(house, switch):
    arm(house.stripe.state, switch, matching="payout.")
    advance(house.stripe.state, 4 * DAY)
    let_arrive(house)
    assert payout(house).state is PayoutState.PAID
    advance(house.stripe.state, 300)
    let_arrive(house)
    assert payout(house).state is PayoutState.PAID
    assert kept(house, "payout.paid") == (1, 1)
    assert house.told(":failed") == set()


def test_where_every_message_is_lost_the_daily_look_finds_the_payout(house):
    arm(house.stripe.state, "event_lost", times=99, matching="payout.")
    advance(house.stripe.state, 4 * DAY)
    let_arrive(house)
    assert payout(house) is None
    later = clock.now() + timedelta(days=1)
    house.later = timedelta(days=1)
    assert accounts.ask_about_all(house.session, now=later) == 1
    house.work_off()
    assert payout(house).state is PayoutState.PAID


def test_a_payout_that_was_paid_and_failed_afterwards_is_told_to_who_must_act(house, cast):
    account = house.account().reference
    arm(house.stripe.state, "payout_fails_later", matching=account)
    advance(house.stripe.state, 3 * DAY)
    let_arrive(house)
    assert payout(house).state is PayoutState.PAID
    advance(house.stripe.state, 2 * DAY)
    let_arrive(house)
    assert payout(house).state is PayoutState.FAILED
    assert house.told(":failed") == {cast.maria.id, cast.petru.id}
