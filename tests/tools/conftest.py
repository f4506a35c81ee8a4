"""A simulator, the client of the product that speaks to it, and where its events go."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from tests.tools.receiver import receiving
from tools.stripe_simulator import Settings, State, do, serve

RECIPIENT = {
    "contact_email": "office@example.org",
    "dashboard": "express",
    "identity": {"country": "RO", "entity_type": "company"},
    "configuration": {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    },
    "defaults": {
        "currency": "eur",
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
    },
}
INCLUDE = ["configuration.recipient", "requirements", "identity", "defaults"]


@dataclass
class Stripe:
    """One simulator as a test sees it."""

    state: State
    url: str
    client: stripe.StripeClient

    def client_with(self, **options):
        return client_of(self.url, **options)

    def browser(self, path, form=None, *, origin=None, host=None):
        """Return (status, where it leads or what it shows) of a page."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin or self.url,
            "Host": host or urlsplit(self.url).netloc,
        }
        connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
        answer = connection.getresponse()
        shown = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("Location") or shown

    def top_up(self, amount=100_000, currency="eur"):
        do(self.state, "topups", amount=f"{amount / 100:.2f}", currency=currency)

    def account(self):
        """Return the id of an account that may receive transfers."""
        account = self.client.v2.core.accounts.create(RECIPIENT).id
        do(self.state, f"accounts/{account}/onboard")
        return account

    def onboard(self, account, how, **form):
        """Walk through the link of an account; return where it leads."""
        link = self.client.v2.core.account_links.create(link_for(account))
        path = urlsplit(link.url).path
        assert self.browser(path)[0] == 200
        filled = {"how": how, "country": "RO", "bank_account": "RO49AAAA1B31007593840000"}
        return self.browser(path, filled | form)

    def transfer(self, account, amount=5_000, *, key=None, switch=None, client=None, **more):
        options = {"headers": {"Simulator-Switch": switch}} if switch else {}
        if key:
            options["idempotency_key"] = key
        asked = {"amount": amount, "currency": "eur", "destination": account} | more
        return (client or self.client).v1.transfers.create(asked, options)

    def capability(self, account):
        """Return what an account may do with transfers, and what it still owes."""
        found = self.client.v2.core.accounts.retrieve(account, {"include": INCLUDE})
        able = found.configuration.recipient.capabilities.stripe_balance
        return able.stripe_transfers.status, [one.description for one in found.requirements.entries]

    def payout(self, account):
        """Return the latest payout of an account."""
        return self.client.v1.payouts.list({}, {"stripe_account": account}).data[0]

    def lines(self, account=None, **asked):
        """Return all lines of a balance, page by page."""
        options = {"stripe_account": account} if account else {}
        return list(self.client.v1.balance_transactions.list(asked, options).auto_paging_iter())

    def balance(self, account=None):
        """Return the balance by currency, zeros left out."""
        options = {"stripe_account": account} if account else {}
        found = self.client.v1.balance.retrieve({}, options)
        sums = {}
        for one in (*found.available, *found.pending):
            sums[one.currency] = sums.get(one.currency, 0) + one.amount
        return {currency: amount for currency, amount in sums.items() if amount}


def client_of(url, *, timeout=20, key="sk_test_simulator", **options):
    transport = stripe.RequestsClient(timeout=timeout)
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=transport, **options)


def link_for(account):
    options = {
        "return_url": "https://punte.example/back",
        "refresh_url": "https://punte.example/again",
    }
    return {
        "account": account,
        "use_case": {"type": "account_onboarding", "account_onboarding": options},
    }


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def simulated():
    state = State()
    with serve(state) as url:
        yield Stripe(state, url, client_of(url))


@pytest.fixture
def told(receiver):
    """A simulator whose events go to the receiver, signed with two secrets."""
    settings = Settings(webhook_url=receiver.url, webhook_secrets=("whsec_old", "whsec_new"))
    state = State(settings)
    with serve(state) as url:
        yield Stripe(state, url, client_of(url))
