"""What a person does on the page of switches, or another program at the same address."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial

from tools.stripe_simulator import accounts, events, passing, payouts, switches, topups
from tools.stripe_simulator.errors import Refusal, missing_object
from tools.stripe_simulator.objects import Requirement
from tools.stripe_simulator.state import DAY, State

Form = Mapping[str, str]
_Act = Callable[[State, Form], None]
_ActOn = Callable[[State, str], None]

_WEEK = 7 * DAY
_BANK_ACCOUNT = "RO49AAAA1B31007593840000"


def do(state: State, address: str, **form: str) -> None:
    """Do in a test's own process what the page does: `do(state, "topups", amount="1000.00")`."""
    act = act_at(f"/simulator/{address}")
    if act is None:
        raise LookupError(address)
    act(state, form)


def act_at(path: str) -> _Act | None:
    """Return what a form posted to an address does."""
    if path in _ACTS:
        return _ACTS[path]
    found = re.fullmatch(r"/simulator/(\w+)/(\w+)/(\w+)", path)
    act = _ACTS_ON.get((found[1], found[3])) if found else None
    return None if found is None or act is None else partial(_on, act, found[2])


def _on(act: _ActOn, key: str, state: State, _form: Form) -> None:
    with state.changing():
        act(state, key)


def _set(state: State, form: Form) -> None:
    """Arm a switch."""
    try:
        named = switches.Switch(form.get("switch", ""))
        times = int(form.get("times") or "1")
        seconds = float(form["seconds"]) if form.get("seconds") else None
    except ValueError as wrong:
        raise Refusal(f"That is no switch or no number: {wrong}") from wrong
    switches.arm(
        state, named, times=times, matching=form.get("matching", "").strip(), seconds=seconds
    )


def _clear(state: State, _form: Form) -> None:
    switches.clear(state)


def _later(state: State, form: Form) -> None:
    """Put the clock forward, or bring one that is behind up to the clock of the machine."""
    seconds = form.get("seconds", "")
    if seconds == "now":
        passing.advance(state, max(0.0, -state.books.ahead))
    elif seconds.isdigit():
        passing.advance(state, int(seconds))
    else:
        raise Refusal("Say how many seconds later it shall be.")


def _top_up(state: State, form: Form) -> None:
    """Add money to the platform's balance at once."""
    try:
        amount = int(Decimal(form.get("amount", "").replace(",", ".")) * 100)
    except (InvalidOperation, ValueError, OverflowError) as wrong:
        raise Refusal("Give an amount such as 1000.00.") from wrong
    with state.changing():
        given = {"amount": amount, "currency": form.get("currency", "eur")}
        topup = topups.create(state, given, at=state.now())
        topups.arrive(state, topup, at=state.now())


def _onboard(state: State, key: str) -> None:
    """Fill in everything, as the holder of an account does on the page of its link."""
    account = accounts.find(state, key)
    accounts.onboard(
        state,
        account,
        country=account.country or "RO",
        bank_account=_BANK_ACCOUNT,
        missing=[],
        at=state.now(),
    )


def _restrict(state: State, key: str) -> None:
    accounts.restrict(state, accounts.find(state, key), at=state.now())


def _release(state: State, key: str) -> None:
    accounts.restrict(state, accounts.find(state, key), at=state.now(), restricted=False)


def _ask(state: State, key: str) -> None:
    """Ask for a document that is due within a week; transfers go on until then."""
    now = state.now()
    wanted = Requirement(
        accounts.DOCUMENT,
        accounts.TRANSFERS,
        deadline="currently_due",
        until=now + _WEEK,
        reason="routine_verification",
    )
    accounts.require(state, accounts.find(state, key), wanted, at=now)


def _close(state: State, key: str) -> None:
    accounts.close(state, accounts.find(state, key), at=state.now())


def _fail(state: State, key: str) -> None:
    payout = state.books.payouts.get(key)
    if payout is None:
        raise missing_object("payout", key)
    if payout.status == "failed":
        raise Refusal("The payout has failed already.")
    payouts.fail(state, payout, at=state.now())


def _send(state: State, key: str) -> None:
    if key not in state.books.events:
        raise missing_object("event", key)
    events.send_again(state, key)


_ACTS: dict[str, _Act] = {
    "/simulator/switches": _set,
    "/simulator/switches/clear": _clear,
    "/simulator/clock": _later,
    "/simulator/topups": _top_up,
}
_ACTS_ON: dict[tuple[str, str], _ActOn] = {
    ("accounts", "onboard"): _onboard,
    ("accounts", "restrict"): _restrict,
    ("accounts", "release"): _release,
    ("accounts", "ask"): _ask,
    ("accounts", "close"): _close,
    ("payouts", "fail"): _fail,
    ("events", "send"): _send,
}
