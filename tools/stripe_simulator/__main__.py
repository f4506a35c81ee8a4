"""Run the simulator: `python -m tools.stripe_simulator --port 12111 --state simulator.json`."""

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from tools.stripe_simulator.server import serve
from tools.stripe_simulator.state import Settings, State


def main() -> int:
    """Serve on this machine until it is told to end."""
    given = _arguments().parse_args()
    usual = Settings()
    settings = Settings(
        key=given.key,
        webhook_url=given.webhook_url,
        webhook_secrets=tuple(given.webhook_secret or usual.webhook_secrets),
        connected_reserves=given.connected_reserves,
    )
    state = State(settings, given.state)
    if given.history is not None:
        state.go_on_from(given.history)
    if given.starts is not None and not state.books.accounts:
        state.books.ahead = given.starts.timestamp() - state.wall()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with serve(state, given.port) as url:
        print(f"Stripe simulator at {url}", flush=True)  # noqa: T201 - whoever starts it waits for this
        ended.wait()
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.stripe_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one unless given")
    parser.add_argument("--key", default=Settings.key, help="the key that callers must show")
    parser.add_argument("--webhook-url", default="", help="where events go, on this machine")
    parser.add_argument(
        "--webhook-secret", action="append", help="twice while secrets are being rotated"
    )
    parser.add_argument("--state", type=Path, help="file that a restart goes on from")
    parser.add_argument(
        "--history", type=Path, help="file of what happened before a new simulator; may be absent"
    )
    parser.add_argument(
        "--starts", type=_day, help="the day that a new simulator's clock shows, such as 2025-12-01"
    )
    parser.add_argument(
        "--connected-reserves",
        action="store_true",
        help="reversals may leave an account with a balance below zero",
    )
    return parser


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
