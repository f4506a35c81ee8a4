"""How long Stripe waits for an answer to its messages, when many come at once."""

import json
import tempfile
import time
from pathlib import Path

import stripe

from bench.clients import Work, run
from bench.report import Figure
from bench.stage import Stage, web

CLIENTS, MESSAGES = 8, 4_000
A_SECOND = 1.0
"""What we ask of ourselves; Stripe waits longer."""
SECRET = "whsec_of_the_bench"  # noqa: S105 - it opens a bench
_SETTINGS = {
    "STRIPE_API_KEY": "sk_test_bench",
    "STRIPE_API_BASE": "http://127.0.0.1:9",  # where nobody answers: nobody is to be asked
    "STRIPE_WEBHOOK_SECRET": SECRET,
}


def figures(stage: Stage) -> list[Figure]:
    """Return what the slowest answer took: a message is verified, kept and put into a lane."""
    with (
        tempfile.TemporaryDirectory() as folder,
        web(stage.database, Path(folder) / "web.log", _SETTINGS) as server,
    ):

        def send(messages: list[dict]) -> float:
            answered = run(Work(server.port, CLIENTS, "POST", 200, messages))
            assert answered.unexpected == 0, f"{answered.unexpected} answers were not 200"
            return answered.slowest

        send([_message(f"evt_warm{number}") for number in range(64)])
        slowest = send([_message(f"evt_{number}") for number in range(MESSAGES)])
    name = f"slowest of {MESSAGES:,} messages from Stripe, {CLIENTS} clients"
    return [Figure(name, slowest, "s", "what we ask of ourselves", A_SECOND, at_most=1)]


def _message(reference: str) -> dict:
    told = {
        "id": reference,
        "object": "event",
        "type": "payout.paid",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": f"po_{reference}"}},
    }
    body = json.dumps(told)
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return {"path": "/stripe/events", "headers": headers, "body": body}
