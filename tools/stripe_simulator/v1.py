"""The addresses of v1, and what each does."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from stripe import params

from tools.stripe_simulator import balance, payouts, topups, transfers
from tools.stripe_simulator.calls import Call, Route
from tools.stripe_simulator.errors import missing_object
from tools.stripe_simulator.objects import Event, Json, Payout, Topup, Transfer
from tools.stripe_simulator.paging import listed, same, within
from tools.stripe_simulator.state import State

_LINE_FILTERS = ("currency", "payout", "source", "type")


def _newest_first(things: Iterable[Any], given: Json) -> list[Any]:
    """Return what lies in the range asked for; what was made later stands first."""
    return [one for one in things if within(one.created, given.get("created"))][::-1]


def _create_transfer(state: State, call: Call) -> Json:
    return transfers.shape(state, transfers.create(state, call.given, at=state.now()))


def _retrieve_transfer(state: State, call: Call) -> Json:
    return transfers.shape(state, transfers.find(state, call.ids["id"]))


def _update_transfer(state: State, call: Call) -> Json:
    transfer = transfers.find(state, call.ids["id"])
    transfers.update(state, transfer, call.given, at=state.now())
    return transfers.shape(state, transfer)


def _list_transfers(state: State, call: Call) -> Json:
    given = call.given
    found: list[Transfer] = _newest_first(state.books.transfers.values(), given)
    shown = [
        transfers.shape(state, one)
        for one in found
        if same(given.get("transfer_group"), one.transfer_group)
        and same(given.get("destination"), one.destination)
    ]
    return listed(shown, given, call.path)


def _create_reversal(state: State, call: Call) -> Json:
    transfer = transfers.find(state, call.ids["id"])
    reversal = transfers.reverse(state, transfer, call.given, at=state.now())
    return transfers.reversal_shape(reversal)


def _list_reversals(state: State, call: Call) -> Json:
    found = transfers.reversals_of(state, transfers.find(state, call.ids["id"]))[::-1]
    return listed([transfers.reversal_shape(one) for one in found], call.given, call.path)


def _retrieve_reversal(state: State, call: Call) -> Json:
    of = transfers.find(state, call.ids["id"])
    for one in transfers.reversals_of(state, of):
        if one.id == call.ids["reversal"]:
            return transfers.reversal_shape(one)
    raise missing_object("transfer reversal", call.ids["reversal"])


def _retrieve_payout(state: State, call: Call) -> Json:
    return payouts.shape(payouts.find(state, call.account, call.ids["id"]))


def _list_payouts(state: State, call: Call) -> Json:
    given = call.given
    made: list[Payout] = _newest_first(state.books.payouts.values(), given)
    shown = [
        payouts.shape(one)
        for one in made
        if one.account == call.account
        and same(given.get("status"), one.status)
        and same(given.get("destination"), one.destination)
        and within(one.arrival_date, given.get("arrival_date"))
    ]
    return listed(shown, given, call.path)


def _create_topup(state: State, call: Call) -> Json:
    return topups.shape(topups.create(state, call.given, at=state.now()))


def _retrieve_topup(state: State, call: Call) -> Json:
    return topups.shape(topups.find(state, call.ids["id"]))


def _list_topups(state: State, call: Call) -> Json:
    given = call.given
    found: list[Topup] = _newest_first(state.books.topups.values(), given)
    shown = [
        topups.shape(one)
        for one in found
        if same(given.get("status"), one.status) and within(one.amount, given.get("amount"))
    ]
    return listed(shown, given, call.path)


def _retrieve_balance(state: State, call: Call) -> Json:
    return balance.shape(state, call.account, at=state.now())


def _list_balance_transactions(state: State, call: Call) -> Json:
    given = call.given
    shown = [
        balance.line_shape(one, at=state.now())
        for one in _newest_first(state.books.balance_transactions.values(), given)
        if one.account == call.account
        and all(same(given.get(name), getattr(one, name)) for name in _LINE_FILTERS)
    ]
    return listed(shown, given, call.path)


def _retrieve_balance_transaction(state: State, call: Call) -> Json:
    line = state.books.balance_transactions.get(call.ids["id"])
    if line is None or line.account != call.account:
        raise missing_object("balance transaction", call.ids["id"])
    return balance.line_shape(line, at=state.now())


def _list_events(state: State, call: Call) -> Json:
    given = call.given
    kinds = given.get("types") or ([given["type"]] if "type" in given else ["*"])
    found: list[Event] = _newest_first(state.books.events.values(), given)
    on_their_way = {one.event for one in state.books.deliveries if one.status != "delivered"}
    shown = [
        one.body
        for one in found
        if not one.thin
        and one.account == call.account
        and any(fnmatchcase(one.type, kind) for kind in kinds)
        and given.get("delivery_success") in (None, one.id not in on_their_way)
    ]
    return listed(shown, given, call.path)


def _retrieve_event(state: State, call: Call) -> Json:
    found = state.books.events.get(call.ids["id"])
    if found is None or found.thin or found.account != call.account:
        raise missing_object("event", call.ids["id"])
    return found.body


_REVERSALS = "/v1/transfers/{id}/reversals"
_LINES = "/v1/balance_transactions"

ROUTES = (
    Route("POST", "/v1/transfers", params.TransferCreateParams, _create_transfer),
    Route("GET", "/v1/transfers", params.TransferListParams, _list_transfers),
    Route("GET", "/v1/transfers/{id}", params.TransferRetrieveParams, _retrieve_transfer),
    Route("POST", "/v1/transfers/{id}", params.TransferUpdateParams, _update_transfer),
    Route("POST", _REVERSALS, params.TransferReversalCreateParams, _create_reversal),
    Route("GET", _REVERSALS, params.TransferReversalListParams, _list_reversals),
    Route(
        "GET", _REVERSALS + "/{reversal}", params.TransferReversalRetrieveParams, _retrieve_reversal
    ),
    Route("GET", "/v1/payouts", params.PayoutListParams, _list_payouts),
    Route("GET", "/v1/payouts/{id}", params.PayoutRetrieveParams, _retrieve_payout),
    Route("POST", "/v1/topups", params.TopupCreateParams, _create_topup),
    Route("GET", "/v1/topups", params.TopupListParams, _list_topups),
    Route("GET", "/v1/topups/{id}", params.TopupRetrieveParams, _retrieve_topup),
    Route("GET", "/v1/balance", params.BalanceRetrieveParams, _retrieve_balance),
    Route("GET", _LINES, params.BalanceTransactionListParams, _list_balance_transactions),
    Route(
        "GET",
        _LINES + "/{id}",
        params.BalanceTransactionRetrieveParams,
        _retrieve_balance_transaction,
    ),
    Route("GET", "/v1/events", params.EventListParams, _list_events),
    Route("GET", "/v1/events/{id}", params.EventRetrieveParams, _retrieve_event),
)
