"""One call: who asks, what, whether it was asked before, what goes wrong, and what is answered."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tools.stripe_simulator import idempotency, passing, switches
from tools.stripe_simulator.calls import Answer, Call, Route
from tools.stripe_simulator.errors import Refusal, server_error
from tools.stripe_simulator.expanding import expanded
from tools.stripe_simulator.objects import Armed
from tools.stripe_simulator.parameters import checked
from tools.stripe_simulator.routes import route
from tools.stripe_simulator.state import API_VERSION, Cause, State, new_id
from tools.stripe_simulator.switches import Switch

_OF_CALLS = frozenset(
    {
        Switch.DROP_ANSWER,
        Switch.ANSWER_LATE,
        Switch.CONFLICT,
        Switch.RATE_LIMITED,
        Switch.ERROR_BEFORE,
        Switch.ERROR_AFTER,
    }
)
_OF_THE_PLATFORM = ("/v1/transfers", "/v1/topups")


@dataclass
class _Wrong:
    """What goes wrong with one call."""

    armed: dict[Switch, Armed]
    left_behind: list[Armed]

    def __contains__(self, switch: Switch) -> bool:
        return switch in self.armed


def answer(state: State, call: Call) -> Answer:
    """Answer a call of the API."""
    headers = {"request-id": new_id("req"), "stripe-version": API_VERSION}
    try:
        found = _allowed(state, call)
        wrong = _wrong(state, call)
        _turned_away(wrong)
        done = _answered_once(state, call, found, wrong, headers["request-id"])
    except Refusal as refusal:
        done = _refused(refusal)
    done.headers = headers | done.headers
    return done


def _allowed(state: State, call: Call) -> Route:
    """Return the route of a call that says who asks, in the version spoken here."""
    if not secrets.compare_digest(
        call.headers.get("authorization", "").encode(), f"Bearer {state.settings.key}".encode()
    ):
        raise Refusal("Invalid API key provided", status=401, kept=False)
    version = call.headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise Refusal(f"Invalid Stripe API version: {version}", kept=False)
    with state.lock:
        if call.account and call.account not in state.books.accounts:
            raise Refusal(
                f"The key has no access to account '{call.account}', or there is no such account",
                code="account_invalid",
                status=403,
                kept=False,
            )
        if call.account and call.path.startswith(_OF_THE_PLATFORM):
            raise Refusal("Only the platform has transfers and top-ups", status=403, kept=False)
    found, call.ids = route(call)
    came = call.values()
    page = {"page": came.pop("page")} if found.in_pages and "page" in came else {}
    call.given = checked(found.takes, came, words=not call.is_json) | page
    return found


def _wrong(state: State, call: Call) -> _Wrong:
    """Take the switches that are set for this call, by its header or before."""
    asked = switches.in_header(call.headers.get(switches.HEADER.lower(), ""))
    mine = {Switch(one.switch): one for one in asked if one.switch in _OF_CALLS}
    with state.lock:
        for switch in sorted(_OF_CALLS - mine.keys()):
            armed = switches.take(state, switch, call.matched)
            if armed is not None:
                mine[switch] = armed
    return _Wrong(mine, [one for one in asked if one.switch not in _OF_CALLS])


def _turned_away(wrong: _Wrong) -> None:
    if Switch.CONFLICT in wrong:
        raise idempotency.in_use()
    if Switch.RATE_LIMITED in wrong:
        after = f"{wrong.armed[Switch.RATE_LIMITED].seconds:g}"
        raise Refusal(
            "Too many requests",
            code="rate_limit",
            status=429,
            headers={"retry-after": after, "stripe-rate-limited-reason": "global-rate"},
            kept=False,
        )


def _answered_once(state: State, call: Call, found: Route, wrong: _Wrong, request: str) -> Answer:
    """Do what is asked, unless its key was answered before; late, if it shall be."""
    key = call.headers.get("idempotency-key", "") if call.method == "POST" else ""
    if not key:
        with _holding(state, call, wrong, request):
            done, _kept = _done(state, call, found, wrong)
        return _sent(state, done, wrong)
    with idempotency.alone(state, call.account, key) as scope:
        with state.changing(Cause(request, key)):
            done = _remembered_or_done(state, call, found, wrong, scope)
        return _sent(state, done, wrong)


@contextmanager
def _holding(state: State, call: Call, wrong: _Wrong, request: str) -> Iterator[None]:
    """Hold the books; they are saved unless they are only read."""
    with state.lock:
        if call.method == "GET" and not wrong.left_behind and not passing.is_due(state):
            yield
        else:
            with state.changing(Cause(request)):
                yield


def _remembered_or_done(
    state: State, call: Call, found: Route, wrong: _Wrong, scope: str
) -> Answer:
    at = state.now()
    before = idempotency.remembered(state, scope, asked=call.subject, given=call.given, at=at)
    if before is not None:
        return Answer(before.status, before.body, {"idempotent-replayed": "true"})
    done, kept = _done(state, call, found, wrong)
    if kept:
        idempotency.keep(
            state,
            scope,
            asked=call.subject,
            given=call.given,
            at=at,
            status=done.status,
            body=done.body,
        )
    return done


def _done(state: State, call: Call, found: Route, wrong: _Wrong) -> tuple[Answer, bool]:
    """Do what is asked; return the answer, and whether it is kept under the call's key."""
    passing.catch_up(state)
    if Switch.ERROR_BEFORE in wrong:
        return _refused(server_error()), True
    state.books.armed[:0] = wrong.left_behind
    try:
        body = expanded(state, found.act(state, call), call.given.get("expand", []))
    except Refusal as refusal:
        return _refused(refusal), refusal.kept
    if Switch.ERROR_AFTER in wrong:
        return _refused(server_error()), True
    return Answer(200, body), True


def _sent(state: State, done: Answer, wrong: _Wrong) -> Answer:
    """Return the answer late, or to be dropped, if that shall go wrong."""
    if Switch.ANSWER_LATE in wrong:
        state.stopping.wait(wrong.armed[Switch.ANSWER_LATE].seconds)
    done.dropped = Switch.DROP_ANSWER in wrong
    return done


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, {"error": refusal.error}, dict(refusal.headers))
