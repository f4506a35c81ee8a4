"""What time does by itself, in its order, each thing at its own moment."""

from collections.abc import Callable, Iterator
from functools import partial

from tools.stripe_simulator import accounts, payouts, topups
from tools.stripe_simulator.state import State

_Step = tuple[int, Callable[..., None]]


def is_due(state: State) -> bool:
    """Return whether something is to happen by now; the caller holds the lock."""
    return _next(state) is not None


def catch_up(state: State) -> None:
    """Do all that is due by now; the caller holds the lock."""
    while (step := _next(state)) is not None:
        moment, act = step
        act(at=moment)


def advance(state: State, seconds: float) -> None:
    """Put the clock forward, and let happen what happens meanwhile."""
    with state.changing() as books:
        books.ahead += seconds
        catch_up(state)


def _next(state: State) -> _Step | None:
    """Return what is due first, if anything is due by now."""
    now = state.now()
    due = (one for one in _steps(state) if one[0] <= now)
    return min(due, key=lambda one: one[0], default=None)


def _steps(state: State) -> Iterator[_Step]:
    books = state.books
    for topup in books.topups.values():
        if topup.status == "pending":
            yield topup.expected, partial(topups.arrive, state, topup)
    for payout in books.payouts.values():
        moment = payouts.next_step(payout)
        if moment is not None:
            yield moment, partial(payouts.go_on, state, payout)
    for account in books.accounts.values():
        if account.verified_at is not None:
            yield account.verified_at, partial(accounts.verify, state, account)
        for one in account.requirements:
            if one.until is not None:
                yield one.until, partial(accounts.fall_due, state, account)
        if account.next_payout is not None:
            yield account.next_payout, partial(payouts.pay_out, state, account)
