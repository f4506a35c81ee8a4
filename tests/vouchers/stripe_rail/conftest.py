"""The house and a Stripe beside it."""

import pytest

from tests.factories.payments import pay_lei_by_stripe
from tests.tools.conftest import Stripe, client_of
from tests.vouchers.stripe_rail.rail import Rail, hasty
from tools.stripe_simulator import Settings, State, serve


@pytest.fixture
def rail(session, cast, app, monkeypatch):
    """A provider of the cast that is paid at Stripe, and our balance there."""
    pay_lei_by_stripe(monkeypatch)
    state = State(Settings(currencies=("eur", "mdl")))
    with serve(state) as url:
        monkeypatch.setitem(app.extensions, "stripe", hasty(url))
        found = Rail(session, cast, app, Stripe(state, url, client_of(url)))
        found.open_account()
        yield found
