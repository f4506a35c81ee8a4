"""`expand`: an id in an answer becomes the thing that it names."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from tools.stripe_simulator import balance, payouts, topups, transfers
from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Json
from tools.stripe_simulator.state import State


def expanded(state: State, shown: Json, paths: list[str]) -> Json:
    """Return an answer with the fields that were asked for as whole things."""
    if paths:
        shown = deepcopy(shown)
    for path in paths:
        _expand(state, shown, path.split("."), path)
    return shown


def _expand(state: State, shown: Any, names: list[str], path: str) -> None:
    if isinstance(shown, list):
        for one in shown:
            _expand(state, one, names, path)
        return
    first, *further = names
    if not isinstance(shown, dict) or first not in shown:
        raise _cannot(path)
    if isinstance(shown[first], str):
        shown[first] = _thing(state, shown[first], path)
    if further and shown[first] is not None:
        _expand(state, shown[first], further, path)


def _thing(state: State, key: str, path: str) -> Json:
    at, books = state.now(), state.books
    shapes: tuple[tuple[Mapping[str, Any], Callable[[Any], Json]], ...] = (
        (books.balance_transactions, lambda one: balance.line_shape(one, at=at)),
        (books.transfers, lambda one: transfers.shape(state, one)),
        (books.reversals, transfers.reversal_shape),
        (books.payouts, payouts.shape),
        (books.topups, topups.shape),
    )
    for things, shape in shapes:
        if key in things:
            return shape(things[key])
    raise _cannot(path)


def _cannot(path: str) -> Refusal:
    return Refusal(f"This property cannot be expanded ({path})", param="expand")
