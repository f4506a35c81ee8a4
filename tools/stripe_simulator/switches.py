"""Switches: what goes wrong next, how often, and for which calls, payouts or events."""

from dataclasses import replace
from enum import StrEnum

from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Armed
from tools.stripe_simulator.state import State

HEADER = "Simulator-Switch"


class Switch(StrEnum):
    """What may go wrong. The first group matches calls, the second events, the third payouts."""

    DROP_ANSWER = "drop_answer"
    ANSWER_LATE = "answer_late"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    ACCOUNT_RESTRICTED = "account_restricted"

    EVENT_TWICE = "event_twice"
    EVENTS_REORDERED = "events_reordered"
    EVENT_LATE = "event_late"
    EVENT_LOST = "event_lost"

    PAYOUT_FAILS = "payout_fails"
    PAYOUT_FAILS_LATER = "payout_fails_later"


WORDS = {
    Switch.DROP_ANSWER: "Do what the call asks, then close the connection without an answer",
    Switch.ANSWER_LATE: "Do what the call asks, and answer after the seconds",
    Switch.CONFLICT: "Refuse the call with 409",
    Switch.RATE_LIMITED: "Refuse the call with 429, to be tried again after the seconds",
    Switch.ERROR_BEFORE: "Answer 500 and do nothing",
    Switch.ERROR_AFTER: "Do what the call asks, and answer 500",
    Switch.INSUFFICIENT_BALANCE: "Refuse a transfer, reversal or other movement: balance too low",
    Switch.ACCOUNT_RESTRICTED: "Restrict the account of the next transfer just before it",
    Switch.EVENT_TWICE: "Deliver the event twice",
    Switch.EVENTS_REORDERED: "Deliver the event after the one that follows it",
    Switch.EVENT_LATE: "Deliver the event after the seconds",
    Switch.EVENT_LOST: "Never deliver the event",
    Switch.PAYOUT_FAILS: "The next payout fails",
    Switch.PAYOUT_FAILS_LATER: "The next payout is paid, and fails afterwards",
}

SECONDS = {Switch.ANSWER_LATE: 80.0, Switch.RATE_LIMITED: 1.0, Switch.EVENT_LATE: 60.0}
"""How long a switch takes where nobody says."""


def arm(
    state: State, switch: str, *, times: int = 1, matching: str = "", seconds: float | None = None
) -> Armed:
    """Set a switch for the next `times` matches.

    Args:
        state: the simulator.
        switch: one of `Switch`.
        times: for how many.
        matching: how they begin: a call is `POST /v1/transfers` and after a space its idempotency
            key, or for a list what stands behind `?`; an event `payout.paid`; a payout the id of
            its account.
        seconds: how late, or after how long to try again.
    """
    named = Switch(switch)
    wait = SECONDS.get(named, 0.0) if seconds is None else seconds
    armed = Armed(named, times, matching, wait)
    with state.changing() as books:
        books.armed.append(armed)
    return armed


def clear(state: State) -> None:
    """Let nothing more go wrong."""
    with state.changing() as books:
        books.armed.clear()


def take(state: State, switch: Switch, subject: str) -> Armed | None:
    """Use up one of a switch if it is set for this; the caller holds the lock."""
    for armed in state.books.armed:
        if armed.switch == switch and subject.startswith(armed.matching):
            armed.left -= 1
            if armed.left <= 0:
                state.books.armed.remove(armed)
            return replace(armed)
    return None


def in_header(header: str) -> list[Armed]:
    """Return what a header asks: `drop_answer` or `answer_late; seconds=2`, with commas."""
    parts = filter(None, (one.strip() for one in header.split(",")))
    return [_in_words(one) for one in parts]


def _in_words(part: str) -> Armed:
    name, *options = (one.strip() for one in part.split(";"))
    given = dict(one.split("=", 1) for one in options if "=" in one)
    try:
        named = Switch(name)
        seconds = float(given["seconds"]) if "seconds" in given else SECONDS.get(named, 0.0)
        return Armed(named, int(given.get("times", "1")), given.get("matching", ""), seconds)
    except ValueError as wrong:
        raise Refusal(f"No such switch: {part}", param=HEADER, kept=False) from wrong
