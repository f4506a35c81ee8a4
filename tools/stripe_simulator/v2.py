"""The addresses of v2, and what each does."""

from datetime import datetime

from stripe.params.v2 import core

from tools.stripe_simulator import accounts, links
from tools.stripe_simulator.account_shapes import account_shape
from tools.stripe_simulator.calls import Call, Route
from tools.stripe_simulator.errors import Refusal, missing_object
from tools.stripe_simulator.objects import Account, Json
from tools.stripe_simulator.paging import listed_v2, same, within
from tools.stripe_simulator.state import State


def _list_events_v2(state: State, call: Call) -> Json:
    given = call.given
    bounds = {name: _moment(text) for name, text in given.get("created", {}).items()}
    shown = [
        one.body
        for one in reversed(state.books.events.values())
        if one.thin
        and same(given.get("object_id"), one.account)
        and one.type in (given.get("types") or [one.type])
        and within(one.created, bounds)
    ]
    return listed_v2(shown, given, call.path)


def _moment(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError as wrong:
        raise Refusal(f"Invalid moment: {text}", param="created", kept=False) from wrong


def _retrieve_event_v2(state: State, call: Call) -> Json:
    found = state.books.events.get(call.ids["id"])
    if found is None or not found.thin:
        raise missing_object("event", call.ids["id"])
    return found.body


def _shown(account: Account, call: Call) -> Json:
    return account_shape(account, call.given.get("include", ()))


def _create_account(state: State, call: Call) -> Json:
    return _shown(accounts.create(state, call.given, at=state.now()), call)


def _retrieve_account(state: State, call: Call) -> Json:
    return _shown(accounts.find(state, call.ids["id"]), call)


def _update_account(state: State, call: Call) -> Json:
    account = accounts.find(state, call.ids["id"])
    accounts.update(state, account, call.given, at=state.now())
    return _shown(account, call)


def _close_account(state: State, call: Call) -> Json:
    account = accounts.find(state, call.ids["id"])
    accounts.close(state, account, at=state.now())
    return account_shape(account, ())


def _list_accounts(state: State, call: Call) -> Json:
    wanted = call.given.get("closed", False)
    found = [one for one in reversed(state.books.accounts.values()) if one.closed == wanted]
    return listed_v2([account_shape(one, ()) for one in found], call.given, call.path)


def _create_account_link(state: State, call: Call) -> Json:
    return links.shape(links.create(state, call.given, at=state.now()), call.base_url)


ROUTES = (
    Route("GET", "/v2/core/events", core.EventListParams, _list_events_v2, in_pages=True),
    Route("GET", "/v2/core/events/{id}", core.EventRetrieveParams, _retrieve_event_v2),
    Route("POST", "/v2/core/accounts", core.AccountCreateParams, _create_account),
    Route("GET", "/v2/core/accounts", core.AccountListParams, _list_accounts, in_pages=True),
    Route("GET", "/v2/core/accounts/{id}", core.AccountRetrieveParams, _retrieve_account),
    Route("POST", "/v2/core/accounts/{id}", core.AccountUpdateParams, _update_account),
    Route("POST", "/v2/core/accounts/{id}/close", core.AccountCloseParams, _close_account),
    Route("POST", "/v2/core/account_links", core.AccountLinkCreateParams, _create_account_link),
)
