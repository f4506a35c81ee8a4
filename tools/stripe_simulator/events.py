"""What happened, told: snapshots of v1 objects and thin notes about v2 accounts."""

import json
from datetime import UTC, datetime

from tools.stripe_simulator import switches
from tools.stripe_simulator.objects import Delivery, Event, Json
from tools.stripe_simulator.state import API_VERSION, DAY, State, new_id
from tools.stripe_simulator.switches import Switch

_HELD_AT_MOST = 30
_KEPT_FOR = 30 * DAY


def snapshot(
    state: State,
    kind: str,
    shown: Json,
    *,
    at: int,
    account: str = "",
    previous: Json | None = None,
) -> None:
    """Tell what became of a v1 object, with the object as it is now."""
    data = {"object": json.loads(json.dumps(shown))}
    if previous:
        data["previous_attributes"] = previous
    body: Json = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": at,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if state.settings.webhook_url else 0,
        "request": {"id": state.cause.request, "idempotency_key": state.cause.key},
        "type": kind,
    }
    if account:
        body["account"] = account
    _tell(state, Event(body["id"], at, kind, account, thin=False, body=body))


def thin(state: State, kind: str, account: str, *, at: int, data: Json | None = None) -> None:
    """Tell that an account (v2) changed, without what it is now."""
    body: Json = {
        "id": new_id("evt"),
        "object": "v2.core.event",
        "context": None,
        "created": iso(at),
        "livemode": False,
        "reason": None,
        "related_object": {
            "id": account,
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account}",
        },
        "type": kind,
    }
    if state.cause.request:
        request = {"id": state.cause.request, "idempotency_key": state.cause.key or ""}
        body["reason"] = {"type": "request", "request": request}
    if data is not None:
        body["data"] = data
    _tell(state, Event(body["id"], at, kind, account, thin=True, body=body))


def sent_body(event: Event) -> Json:
    """Return what the webhook is sent; a thin event leaves its data to be fetched."""
    return {name: value for name, value in event.body.items() if not event.thin or name != "data"}


def iso(at: float) -> str:
    """Return a moment as v2 writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def send_again(state: State, event: str) -> None:
    """Put an event on its way once more."""
    state.books.deliveries.append(Delivery(new_id("dlv"), event, due=state.moment()))


def _tell(state: State, event: Event) -> None:
    """Keep an event, and put it on its way as often and as late as the switches say."""
    _forget(state, at=event.created)
    state.books.events[event.id] = event
    if not state.settings.webhook_url:
        return
    deliveries, due = state.books.deliveries, state.moment()
    released = [one for one in deliveries if one.held]
    late = switches.take(state, Switch.EVENT_LATE, event.type)
    reordered = switches.take(state, Switch.EVENTS_REORDERED, event.type)
    copies = 2 if switches.take(state, Switch.EVENT_TWICE, event.type) else 1
    if switches.take(state, Switch.EVENT_LOST, event.type):
        copies = 0
    for _ in range(copies):
        one = Delivery(new_id("dlv"), event.id, due)
        if late is not None:
            one.due += late.seconds
        elif reordered is not None:
            one.due, one.held = due + _HELD_AT_MOST, True
        deliveries.append(one)
    for one in released:
        one.held, one.due = False, due
        deliveries.remove(one)
        deliveries.append(one)


def _forget(state: State, *, at: int) -> None:
    """Drop events that the API lists no longer, with their deliveries."""
    books = state.books
    old = {one.id for one in books.events.values() if one.created < at - _KEPT_FOR}
    if old:
        books.events = {key: one for key, one in books.events.items() if key not in old}
        books.deliveries = [one for one in books.deliveries if one.event not in old]
