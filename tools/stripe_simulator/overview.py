"""What the page of switches shows."""

from datetime import UTC, datetime
from typing import Any

from tools.stripe_simulator import accounts, balance, switches
from tools.stripe_simulator.state import State

_LATEST = 20


def shown(state: State) -> dict[str, Any]:
    """Return all that the page shows, as it is now."""
    with state.lock:
        books, now = state.books, state.now()
        holders = ["", *books.accounts]
        return {
            "now": now,
            "webhook": state.settings.webhook_url,
            "currencies": state.settings.currencies,
            "switches": switches.WORDS,
            "armed": list(books.armed),
            "balances": {one: balance.shape(state, one, at=now)["available"] for one in holders},
            "accounts": list(books.accounts.values())[::-1],
            "transfers": list(books.transfers.values())[: -_LATEST - 1 : -1],
            "payouts": list(books.payouts.values())[: -_LATEST - 1 : -1],
            "events": list(books.events.values())[: -_LATEST - 1 : -1],
            "deliveries": list(books.deliveries),
            "capabilities": accounts.capabilities,
            "TRANSFERS": accounts.TRANSFERS,
            "PAYOUTS": accounts.PAYOUTS,
            "moment": _moment,
            "amount": _amount,
        }


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _amount(amount: int, currency: str) -> str:
    """Return an amount of a currency with two decimals; the simulator knows no other."""
    return f"{amount / 100:,.2f} {currency.upper()}"
