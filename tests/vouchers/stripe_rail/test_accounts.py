"""A provider's account at Stripe, from its opening to a payout that failed, over HTTP."""

import inspect
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from stripe.params.v2.core import _account_create_params as params

from providers.directory.models import Provider
from reintegration.accounts.models import InboxMessage
from reintegration.kernel import clock
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import outbox_lane
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import as_system, make_batch, pay_lei_by_stripe
from tests.tools.conftest import Stripe, client_of
from tools.stripe_simulator import Settings, State, advance, arm, serve
from vouchers.payments.models import PayeeAccount
from vouchers.payments.services import batches, payees, rails
from vouchers.payments.states import BatchState, Rail
from vouchers.stripe_rail.channels import events
from vouchers.stripe_rail.gateway import Gateway
from vouchers.stripe_rail.models import StripeAccount, StripePayout
from vouchers.stripe_rail.objects import Due
from vouchers.stripe_rail.queries import payable
from vouchers.stripe_rail.services import accounts, deadlines
from vouchers.stripe_rail.services.account_moves import ACCOUNT
from vouchers.stripe_rail.states import AccountState, TransfersState
from vouchers.stripe_rail.views import account_words


@dataclass
class House:
    """Our house, a manager who is signed in, and a Stripe."""

    session: object
    cast: object
    app: object
    stripe: Stripe
    browser: object
    later: timedelta = field(default_factory=timedelta)

    def send(self, path, **form):
        return self.browser.post(path, data={"form_key": str(new_id()), **form})

    def page(self, path):
        return self.browser.get(f"{path}{'&' if '?' in path else '?'}lang=en")

    def open(self, country="RO"):
        """Open the account on its page, and let Stripe answer."""
        answer = self.send(f"/stripe/accounts/new/{self.cast.provider.id}", country=country)
        self.work_off()
        return answer

    def account(self):
        as_system(self.session)
        found = select(StripeAccount).order_by(StripeAccount.opened_at.desc())
        return self.session.scalars(found.execution_options(populate_existing=True)).first()

    @property
    def path(self):
        return f"/stripe/accounts/{self.account().id}"

    def fill_in(self, how="finished"):
        """Go on at Stripe, fill in its form, come back, and have Stripe asked."""
        led = self.browser.get(f"{self.path}/continue").headers["Location"]
        assert led.startswith(self.stripe.url)
        form = {"how": how, "country": "RO", "bank_account": "RO49AAAA1B31007593840000"}
        assert self.stripe.browser(urlsplit(led).path)[0] == 200
        _status, back = self.stripe.browser(urlsplit(led).path, form)
        assert back == f"{self.app.extensions['settings'].service_url}{self.path}?back=1"
        assert "You are back from Stripe" in self.page(f"{self.path}?back=1").text
        self.asked()

    def asked(self):
        """Have Stripe asked how the account stands."""
        self.send(f"{self.path}/ask")
        self.work_off()

    def at_stripe(self, act):
        """Let Stripe restrict, release, ask or close."""
        path = f"/simulator/accounts/{self.account().reference}/{act}"
        assert self.stripe.browser(path, {})[0] == 303
        self.seen()

    def seen(self):
        """Let a message of Stripe about the account be worked off."""
        self.heard("v2.core.account[requirements].updated", self.account().reference)

    def heard(self, kind, about, account=""):
        """Do what follows from a message of Stripe: look at what it is about, and keep that."""
        message = OutboxMessage(payload={"kind": kind, "about": about, "account": account})
        follows = events._kind(message)
        found = follows.fetch(self.app.extensions["stripe"], message)
        follows.apply(self.session, found, clock.now())
        self.session.commit()

    def work_off(self):
        """Let what waits to be sent have its turn."""
        self.session.commit()
        outbox_lane.deliver_due(
            self.app, clock.now() + self.later + timedelta(minutes=1), Lane.PAYMENTS
        )
        as_system(self.session)
        self.session.expire_all()

    def in_use(self):
        """Open it, fill it in, propose it and have it approved."""
        self.open()
        self.fill_in()
        proposed = self.send(f"{self.path}/propose").headers["Location"]
        as_system(self.session)
        payee = self.session.get_one(PayeeAccount, proposed.rpartition("/")[2])
        payees.approve(
            self.session, payee, actor=actor(self.session, self.cast.alina), now=clock.now()
        )
        payee.pays_from = TODAY  # three banking days are over
        self.session.commit()
        return payee

    def told(self, what):
        """Return who was told of something."""
        as_system(self.session)
        found = self.session.scalars(
            select(InboxMessage.user_id).where(InboxMessage.key.contains(what))
        )
        return set(found)


@pytest.fixture
def house(session, cast, app, monkeypatch, sign_in):
    pay_lei_by_stripe(monkeypatch)
    state = State(Settings(currencies=("eur", "mdl")))
    with serve(state) as url:
        way = Gateway("sk_test_simulator", api_base=url, wait=(2.0, 10.0), repeats=0)
        monkeypatch.setitem(app.extensions, "stripe", way)
        yield House(session, cast, app, Stripe(state, url, client_of(url)), sign_in(cast.maria))


def why_not(house):
    account = house.account()
    found = payable.why_not(house.session, [account.reference], TODAY)
    return [one.why for one in found]


def test_a_manager_opens_an_account_gives_stripe_what_it_asks_and_finance_approves_it(
    house, session, cast, sign_in
):
    assert "Open an account at Stripe" in house.page("/providers/mine").text
    form = house.page(f"/stripe/accounts/new/{cast.provider.id}").text
    assert "Romania" in form
    assert "selected" not in form.partition('id="country"')[2].partition("</select>")[0]
    assert house.open().status_code == 302
    assert house.account().state is AccountState.OPEN
    (there,) = house.stripe.state.books.accounts.values()
    assert (there.display_name, there.country) == (cast.provider.legal_name, "RO")
    assert there.email in (cast.provider.email, cast.maria.email)
    assert (there.metadata, there.registered_name, there.phone) == ({}, None, None)
    shown = house.page(house.path).text
    assert "Consent to Stripe&#39;s terms" in shown
    assert house.send(f"{house.path}/propose").status_code == 409
    house.fill_in()
    assert house.told(":ready:") == {cast.maria.id}
    assert "Ready to be paid to" in house.page(house.path).text
    payee = house.send(f"{house.path}/propose").headers["Location"]
    assert "Waiting for approval" in house.page(house.path).text
    alina = sign_in(cast.alina)
    assert "Can be paid" in alina.get(f"{payee}?lang=en").text
    assert alina.post(f"{payee}/approve", data={"form_key": str(new_id())}).status_code == 302
    assert "Until that day nothing is paid to it" in house.page(house.path).text
    as_system(session)
    session.get_one(PayeeAccount, payee.rpartition("/")[2]).pays_from = TODAY
    session.commit()
    assert "What is owed in MDL is paid here" in house.page(house.path).text
    assert why_not(house) == []
    batch = make_batch(house.session, cast, by=Rail.STRIPE_TRANSFER)
    assert batch.orders[0].payee_service_account == house.account().reference
    assert sign_in(cast.vera).get(house.path).status_code == 200
    assert sign_in(cast.oleg).get(house.path).status_code == 404


def test_one_account_is_opened_however_often_it_is_asked_for_and_answered(house, session, cast):
    maria, provider_id = actor(session, cast.maria), cast.provider.id

    def opening(own):
        provider = own.get_one(Provider, provider_id)
        return accounts.open_(own, provider, actor=maria, country="RO", now=NOW)

    outcomes = at_once(session, opening, opening)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "StripeAccount"]
    as_system(session)
    arm(house.stripe.state, "drop_answer", matching="POST /v2/core/accounts")
    for _turn in range(3):
        house.work_off()
        house.later += timedelta(hours=1)
    assert house.account().state is AccountState.OPEN
    assert len(house.stripe.state.books.accounts) == 1
    assert house.open().status_code == 409


def test_an_account_that_stripe_refuses_or_does_not_answer_about_is_opened_anew(
    house, session, cast, monkeypatch
):
    arm(house.stripe.state, "rate_limited", times=9, matching="POST /v2/core/accounts")
    house.open()
    house.later = timedelta(hours=25)
    house.work_off()
    account = house.account()
    assert (account.state, account.problem) == (AccountState.FAILED, "no_answer")
    assert house.told(":failed") == {cast.maria.id}
    shown = house.page(house.path).text
    assert "Stripe did not answer for a day" in shown
    house.stripe.state.books.armed.clear()
    house.later = timedelta()
    assert house.open().status_code == 302
    assert house.account().state is AccountState.OPEN


def test_what_stripe_misses_is_said_in_words_and_stops_orders_until_it_is_given(house, cast):
    house.in_use()
    house.stripe.onboard(house.account().reference, "without_document")
    house.asked()
    shown = house.page(house.path).text
    assert "An identity document of whoever represents the organisation" in shown
    assert ">Late<" in shown
    assert "Continue at Stripe" in shown
    assert why_not(house) == [payable._LATE]
    with pytest.raises(Conflict, match="Stripe waits for something"):
        make_batch(house.session, cast, by=Rail.STRIPE_TRANSFER)
    house.session.rollback()
    house.fill_in("to_be_checked")
    assert "There is nothing to do." in house.page(house.path).text
    assert why_not(house) == [payable._STANDS[TransfersState.PENDING]]
    advance(house.stripe.state, 2 * 3600)
    house.later += timedelta(minutes=2)
    house.seen()
    assert why_not(house) == []


def test_an_account_that_lapses_stops_a_batch_before_its_approval_and_its_release(
    house, session, cast
):
    house.in_use()
    batch = make_batch(session, cast, by=Rail.STRIPE_TRANSFER)
    alina, radu = actor(session, cast.alina), actor(session, cast.radu)
    house.at_stripe("restrict")
    assert house.told(":lapsed:") == {cast.maria.id, cast.petru.id}
    with pytest.raises(Conflict, match="receive nothing now"):
        batches.approve(session, batch, actor=alina, now=NOW)
    session.rollback()
    house.at_stripe("release")
    batches.approve(session, batch, actor=alina, now=NOW)
    session.commit()
    house.at_stripe("close")
    assert house.account().state is AccountState.CLOSED
    with pytest.raises(Conflict, match="is closed"):
        batches.release(session, batch, actor=radu, now=NOW)
    session.rollback()
    assert batch.state is BatchState.APPROVED


def test_until_when_stripe_waits_is_told_a_month_and_a_week_before_and_stops_later_orders(
    house, session, cast
):
    house.in_use()
    house.at_stripe("ask")
    account = house.account()
    assert timedelta(days=6) < account.due_at - clock.now() <= timedelta(days=7)
    assert deadlines.warn_ahead(session, now=account.due_at - timedelta(days=31)) == 0
    for days in (30, 20, 7, 6):
        assert deadlines.warn_ahead(session, now=account.due_at - timedelta(days=days)) == 1
    told = session.scalars(select(InboxMessage).where(InboxMessage.key.contains(":due:"))).all()
    assert [one.user_id for one in told] == [cast.maria.id] * 2
    there, last = [account.reference], clock.local_day(account.due_at)
    assert rails.why_not_payable(session, there, last - timedelta(days=1)) == []
    assert [one.why for one in rails.why_not_payable(session, there, last)] == [payable._DUE]


def test_a_payout_that_fails_is_told_with_what_to_do_and_is_over_when_the_next_one_leaves(
    house, session, cast, sign_in
):
    house.in_use()
    account = house.account().reference
    arm(house.stripe.state, "payout_fails", matching=account)
    house.stripe.top_up()
    house.stripe.transfer(account, 50_000)
    advance(house.stripe.state, 4 * 24 * 3600)
    for _twice in range(2):
        house.heard("payout.failed", house.stripe.payout(account).id, account)
    house.asked()
    payout = session.scalars(select(StripePayout)).one()
    assert (payout.state, payout.failure_code) == ("failed", "account_closed")
    assert house.told(f"{payout.id}:failed") == {cast.maria.id, cast.petru.id}
    advice = "The bank says that the account is closed or does not exist."
    assert advice in house.page(house.path).text
    assert "The bank account to which Stripe pays out" in house.page(house.path).text
    assert "Payouts that did not arrive" in house.page("/account/today").text
    petru = sign_in(cast.petru)
    assert advice in petru.get("/stripe/accounts/payouts?lang=en").text
    assert advice in sign_in(cast.boris).get(f"{house.path}?lang=en").text
    house.fill_in()
    advance(house.stripe.state, 2 * 24 * 3600)
    house.later += timedelta(minutes=2)
    house.work_off()
    house.later += timedelta(days=1)
    accounts.ask_about_all(session, now=clock.now() + timedelta(days=1))
    house.work_off()
    assert advice not in petru.get("/stripe/accounts/payouts?lang=en").text
    assert advice not in house.page(house.path).text


def test_stripe_is_asked_about_each_account_daily_and_sooner_while_it_cannot_be_paid(
    house, session
):
    house.in_use()
    account, now = house.account(), clock.now()
    asked = [accounts.ask_about_all(session, now=now + timedelta(hours=one)) for one in (2, 24)]
    assert asked == [0, 1]
    account.transfers = TransfersState.RESTRICTED
    session.flush()
    assert accounts.ask_about_all(session, now=now + timedelta(hours=2)) == 1


def test_each_thing_that_stripe_may_ask_of_an_organisation_has_a_sentence(app):
    details = inspect.get_annotations(params.AccountCreateParamsIdentityBusinessDetails)
    words = inspect.get_annotations(params.AccountCreateParamsIdentityAttestations)
    fields = [f"identity.business_details.{one}" for one in details]
    fields += [f"identity.attestations.{one}.account.date" for one in words]
    with app.test_request_context("/?lang=en"):
        for one in fields:
            said = account_words.asked_for(Due(one, "past_due", False, ""))
            assert "that Stripe calls" not in said, one
        odd = Due("identity.shoe_size", "past_due", False, "odd_code")
        said = account_words.asked_for(odd)
        assert "“identity.shoe_size”" in said
        assert "odd_code" in said
        assert "(odd_code)" in account_words.not_paid_out("odd_code")
        assert "(odd_code)" in account_words.not_opened("odd_code")
        assert account_words.not_paid_out("invalid_account_number_length").startswith("The number")


def test_only_the_house_itself_moves_an_account():
    assert {move.permission for move in ACCOUNT.moves.values()} == {"stripe:keep"}
