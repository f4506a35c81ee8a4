"""Doing a thing at Stripe at most once, though nobody may know what an attempt did.

A repeat under a key that Stripe still keeps does nothing new and answers what was answered first.
A key that is older may be forgotten: then Stripe is asked what there is, and what is not there
after an attempt of which nobody knows is not tried again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TypeVar

from reintegration.kernel import clock
from reintegration.kernel.outbox import (
    OutboxMessage,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Refused,
    TryLater,
)

Thing = TypeVar("Thing")
KEY_COUNTS_FOR = timedelta(hours=23)
"""Stripe keeps a key for 24 hours from its first use, which is not before it was queued."""
NEVER_ARRIVED = "never_arrived"


def known_only(send: Callable[[OutboxMessage], Thing]) -> Callable[[OutboxMessage], Thing]:
    """Let a channel say no only where Stripe did; whatever else goes wrong tells nothing."""

    @wraps(send)
    def told(message: OutboxMessage) -> Thing:
        try:
            return send(message)
        except (Refused, OutcomeUnknown):
            raise
        except TryLater as asked:
            if message.nobody_knows:  # of an attempt before this one
                raise OutcomeUnknown(str(asked)) from asked
            raise
        except Exception as problem:
            raise OutcomeUnknown(type(problem).__name__) from problem

    return told


def once(
    message: OutboxMessage, *, make: Callable[[], Thing], find: Callable[[], Thing | None]
) -> Thing:
    """Return what `make` made under the key of the message, or what `find` finds made.

    Raises what the gateway raises, and Refused for what is not there after a day.
    """
    if _is_late(message):
        found = looked(find)
        if found is not None:
            return found
        if message.nobody_knows:
            raise Refused(NEVER_ARRIVED)
    try:
        return make()
    except OutcomeUnknown:
        # An error of Stripe's is kept under the key as well: only looking gets behind it.
        found = looked(find) if message.attempts > 1 else None
        if found is None:
            raise
        return found


def _is_late(message: OutboxMessage) -> bool:
    now = max(clock.now(), message.claimed_at or message.queued_at)
    return now >= message.queued_at + KEY_COUNTS_FOR


def looked(find: Callable[[], Thing]) -> Thing:
    """Look at what there is: that Stripe refuses to show it says nothing of whether it is there."""
    try:
        return find()
    except Refused as problem:
        raise OutcomeUnknown(f"cannot be looked at: {problem}") from problem


def ask_again(message: OutboxMessage, _now: datetime) -> Outcome:
    """Have a message of which nobody knows sent again, under its key; see `once`."""
    return Outcome(OutboxState.QUEUED, message.error)
