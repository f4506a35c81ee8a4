"""What was answered under a key is answered again, as long as Stripe keeps it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Json, Kept
from tools.stripe_simulator.state import DAY, State

KEPT_FOR = {"v1": DAY, "v2": 30 * DAY}

_LONGEST_KEY = 255


@contextmanager
def alone(state: State, account: str, key: str) -> Iterator[str]:
    """Let one call at a time use a key of an account; a second one is refused with 409."""
    if len(key) > _LONGEST_KEY:
        raise Refusal(f"A key has at most {_LONGEST_KEY} characters", kept=False)
    scope = f"{account} {key}"
    with state.lock:
        if scope in state.in_progress:
            raise in_use()
        state.in_progress.add(scope)
    try:
        yield scope
    finally:
        with state.lock:
            state.in_progress.discard(scope)


def remembered(state: State, scope: str, *, asked: str, given: Json, at: int) -> Kept | None:
    """Return what was answered before, unless it is too old; refuse another request."""
    kept = state.books.kept.get(scope)
    if kept is not None and kept.until <= at:
        del state.books.kept[scope]
        return None
    if kept is not None and (kept.asked, kept.parameters) != (asked, _digest(given)):
        raise Refusal(
            "This idempotency key was first used with another request",
            kind="idempotency_error",
            kept=False,
        )
    return kept


def keep(
    state: State, scope: str, *, asked: str, given: Json, at: int, status: int, body: Json
) -> None:
    """Store what is answered: in v1 whatever it is, in v2 only what succeeded."""
    version = "v2" if " /v2/" in asked else "v1"
    if version == "v1" or status < 400:
        _forget(state, at=at)
        until = at + KEPT_FOR[version]
        state.books.kept[scope] = Kept(asked, _digest(given), until, status, body)


def _forget(state: State, *, at: int) -> None:
    """Drop what is kept no longer."""
    kept = state.books.kept
    for scope in [scope for scope, one in kept.items() if one.until <= at]:
        del kept[scope]


def in_use() -> Refusal:
    """Return the refusal of a call whose twin is still running."""
    return Refusal(
        "Another request with this idempotency key is in progress",
        code="idempotency_key_in_use",
        kind="idempotency_error",
        status=409,
        kept=False,
    )


def _digest(given: Json) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
