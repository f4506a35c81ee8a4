"""Events on their way to the webhook: signed, in order, tried again while they are not taken."""

import json
import threading
import time
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from stripe import WebhookSignature

from tools.stripe_simulator import passing
from tools.stripe_simulator.events import sent_body
from tools.stripe_simulator.objects import Delivery
from tools.stripe_simulator.state import State


class _NoRedirect(HTTPRedirectHandler):
    """An answer that leads elsewhere is no answer."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing."""


_DIRECT = build_opener(ProxyHandler({}), _NoRedirect)
_LOOKS_EVERY = 0.5
_PATIENCE = 10


def run(state: State) -> threading.Thread:
    """Deliver in a thread of its own until the simulator stops."""
    thread = threading.Thread(target=_run, args=(state,), name="webhooks", daemon=True)
    thread.start()
    return thread


def _run(state: State) -> None:
    while not state.stopping.is_set():
        state.wake.clear()
        _let_time_pass(state)
        if not deliver_next(state):
            state.wake.wait(_LOOKS_EVERY)


def _let_time_pass(state: State) -> None:
    with state.lock:
        if passing.is_due(state):
            with state.changing():
                passing.catch_up(state)


def deliver_next(state: State) -> bool:
    """Try the first event that is due, and return whether there was one."""
    with state.lock:
        now = state.moment()
        waiting = (one for one in state.books.deliveries if one.status == "waiting")
        delivery = next((one for one in waiting if one.due <= now), None)
        if delivery is None:
            return False
        payload = json.dumps(sent_body(state.books.events[delivery.event]))
    answer = _post(state, payload)
    with state.changing():
        _note(state, delivery, answer)
    return True


def _note(state: State, delivery: Delivery, answer: str) -> None:
    delivery.tries += 1
    delivery.answer, delivery.held = answer, False
    later = state.settings.retry_after
    if answer.startswith("2"):
        delivery.status = "delivered"
    elif delivery.tries > len(later):
        delivery.status = "given_up"
    else:
        delivery.due = state.moment() + later[delivery.tries - 1]


def signature(payload: str, secrets: tuple[str, ...], *, at: int | None = None) -> str:
    """Return the signature header; while secrets are rotated, one signature for each."""
    moment = int(time.time()) if at is None else at
    headers = [
        WebhookSignature.generate_signature_header(payload, secret, moment) for secret in secrets
    ]
    return ",".join([f"t={moment}", *(one.split(",", 1)[1] for one in headers)])


def _post(state: State, payload: str) -> str:
    """Send a payload and return the status of the answer, or what stood against it."""
    settings = state.settings
    if not settings.webhook_url.startswith(("http://127.0.0.1:", "http://localhost:")):
        return "refused: this simulator speaks to this machine only"
    request = Request(  # noqa: S310 - the address begins as checked above
        settings.webhook_url,
        payload.encode(),
        {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, settings.webhook_secrets),
            "User-Agent": "Stripe/1.0 (simulated)",
        },
    )
    try:
        with _DIRECT.open(request, timeout=_PATIENCE) as answer:
            return str(answer.status)
    except HTTPError as refused:
        with refused:
            return f"{refused.code} {HTTPStatus(refused.code).phrase}"
    except OSError as broken:
        return f"no answer: {getattr(broken, 'reason', broken)}"
