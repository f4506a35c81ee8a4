"""How money can travel is said with why, and the doctor says what to mend; neither shows a key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reintegration.app import create_app
from reintegration.kernel import outbox, tries
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutcomeUnknown, Refused, TryLater
from reintegration.kernel.tries import Limit
from reintegration.settings import from_environment
from tests.factories.cast import NOW
from tests.test_settings import PRODUCTION, STRIPE
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail import doctor
from vouchers.stripe_rail.models import StripeEvent
from vouchers.stripe_rail.queries.events import WRONG_SIGNATURES
from vouchers.stripe_rail.services import transfers
from vouchers.stripe_rail.states import EventProblem, EventState

KEY, SECRET = "rk_test_hidden", "whsec_hidden"


class Silent:
    """Stripe, answering what a test wants."""

    problem: Exception | None = None

    def balance(self):
        """Answer that nothing is there, or raise."""
        if self.problem is not None:
            raise self.problem
        return []


@pytest.fixture
def stripe(app, monkeypatch):
    """The rail is set up, and Stripe answers as the test says."""
    settings = app.extensions["settings"]
    on = replace(settings, stripe_api_key=KEY, stripe_webhook_secrets=(SECRET,))
    monkeypatch.setitem(app.extensions, "settings", on)
    monkeypatch.setitem(app.extensions, "stripe", Silent())
    return app.extensions["stripe"]


def refused_event():
    """Return a message that was refused an hour ago."""
    return StripeEvent(
        id=new_id(),
        reference="evt_1",
        kind="transfer.created",
        about="tr_1",
        made_at=NOW,
        received_at=NOW - timedelta(hours=1),
        state=EventState.REFUSED,
        next_attempt_at=NOW,
        problem=EventProblem.UNKNOWN_ORDER,
    )


def looked(app, session):
    """Return what the doctor says."""
    with app.app_context():
        return doctor.look(session=session, now=NOW)


def test_the_page_says_what_is_on_why_and_where_it_reaches(
    app, session, cast, sign_in, monkeypatch
):
    page = " ".join(sign_in(cast.dan).get("/stripe/?lang=en").text.split())
    for said in (
        "No key is set",
        "Moldova is not a country where the account that pays can be",
        "Germany",
        "None has come yet",
        "None is set",
    ):
        assert said in page
    assert sign_in(cast.dan).get("/stripe/messages/").status_code == 403
    assert sign_in(cast.ana).get("/stripe/").status_code == 403


def test_the_page_tells_finance_of_refused_messages_and_shows_no_key(
    session, cast, sign_in, stripe
):
    session.add(refused_event())
    page = " ".join(sign_in(cast.irina).get("/stripe/?lang=en").text.split())
    assert "Test: no money moves" in page
    assert "1 is set" in page
    assert "Messages from Stripe were refused" in page
    assert "None has come yet" not in page
    assert KEY not in page
    assert SECRET not in page
    seen = sign_in(cast.dan).get("/stripe/?lang=en").text
    assert "None has come yet" not in seen


def test_where_the_rail_is_off_the_doctor_says_nothing_and_where_all_is_well_neither(
    app, session, request
):
    assert looked(app, session) == []
    request.getfixturevalue("stripe")
    assert looked(app, session) == []


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OutcomeUnknown(KEY), "does not answer"),
        (TryLater(KEY, after=timedelta(hours=1)), "takes no call with this key"),
        (Refused("account_invalid", KEY), "account_invalid"),
    ],
)
def test_the_doctor_says_why_stripe_is_not_reached_and_never_the_key(
    app, session, stripe, problem, said
):
    stripe.problem = problem
    (found,) = looked(app, session)
    assert said in found
    assert KEY not in found


def test_the_doctor_tells_of_secrets_wrong_signatures_refusals_silence_and_what_waits(
    app, session, stripe, monkeypatch
):
    on = replace(app.extensions["settings"], stripe_webhook_secrets=(SECRET,) * 4)
    monkeypatch.setitem(app.extensions, "settings", on)
    monkeypatch.setattr(doctor.events, "paid_at", lambda _session: NOW)
    session.add(refused_event())
    long_ago = NOW - timedelta(hours=1)
    outbox.put(session, channel="stripe.event", key="k", payload={}, now=long_ago)
    session.flush()
    tries.spend(session, WRONG_SIGNATURES, Limit(9, timedelta(hours=1)), now=NOW)
    found = "\n".join(looked(app, session))
    for said in (
        "4 secrets stand in STRIPE_WEBHOOK_SECRET",
        "1 messages with a wrong signature",
        "1 messages from Stripe were refused",
        "1 calls to Stripe wait",
    ):
        assert said in found
    monkeypatch.setattr(doctor.events, "heard_at", lambda _session: None)
    assert "none ever came" in "\n".join(looked(app, session))
    off = replace(on, stripe_webhook_secrets=())
    monkeypatch.setitem(app.extensions, "settings", off)
    assert "STRIPE_WEBHOOK_SECRET is not set" in "\n".join(looked(app, session))


def test_another_house_in_the_process_decides_nothing_for_this_one(app, session):
    create_app(from_environment(PRODUCTION | STRIPE))
    with app.app_context():
        assert not rails.is_on(Rail.STRIPE_TRANSFER)
        assert not transfers.wants_live(session)
