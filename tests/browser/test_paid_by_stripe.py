"""A provider in another country, from its account at Stripe to a payout that failed and was mended."""

from dataclasses import replace

import psycopg
import pytest

from tests.browser.conftest import seats_in, town_of
from tests.browser.in_euro import checked_in_euro, speak_english
from tests.browser.walk import payments, stripe
from tools.stripe_simulator import Settings, State, advance, arm, do, serve
from tools.stripe_simulator.state import DAY

pytestmark = [pytest.mark.xdist_group("browser-walk"), pytest.mark.deep]
SECRET = "whsec_of_the_walk"


@pytest.fixture
def simulator():
    state = State(Settings())
    with serve(state) as url:
        do(state, "topups", amount="5000.00", currency="eur")
        yield state, url


@pytest.fixture
def town(session, cast, committed_db, tmp_path, simulator):
    """The house, a Stripe beside it, and a claim in euro that is ready to be paid."""
    speak_english(cast)
    checked_in_euro(session, cast)
    session.commit()
    state, url = simulator
    environment = {
        "STRIPE_API_KEY": state.settings.key,
        "STRIPE_API_BASE": url,
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
    with town_of(committed_db, cast, tmp_path, environment) as running:
        told_at = f"{running.url}/stripe/events"
        state.settings = replace(state.settings, webhook_url=told_at, webhook_secrets=(SECRET,))
        yield running


@pytest.fixture
def page_of(browser, town):
    with seats_in(browser, town.url) as seats:
        yield seats


def let_three_banking_days_pass(database):
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("UPDATE payee_account SET pays_from = current_date - 1")


def test_a_provider_is_paid_through_stripe_and_mends_a_payout_that_failed(
    page_of, simulator, committed_db
):
    state, _url = simulator
    maria, petru, alina, radu = (page_of(who) for who in ("maria", "petru", "alina", "radu"))
    stripe.opens_an_account(maria)
    stripe.gives_what_stripe_asks_for(maria)
    stripe.proposes_to_be_paid_there(maria)
    stripe.approves_the_account(alina)
    let_three_banking_days_pass(committed_db)

    batch = payments.prepares_a_batch(petru, "EUR")
    payments.approves_the_batch(alina, batch)
    stripe.releases_to_stripe(radu, batch)
    order = stripe.follows_the_order(petru, batch)

    (account,) = state.books.accounts
    arm(state, "payout_fails", matching=account)
    advance(state, 4 * DAY)
    stripe.learns_that_a_payout_failed(maria, "400.00")
    petru.goes_to(order)
    petru.waits_for("It did not reach the provider's bank")
    petru.looks()
    stripe.gives_what_stripe_asks_for(maria, stripe.NEW_IBAN)
    advance(state, 4 * DAY)
    stripe.sees_it_arrive(maria)
    petru.goes_to(order)
    petru.waits_for("at the provider's bank on")
    petru.looks()
