"""Lines of balances, and what they come to. A balance is nothing but the sum of its lines."""

from collections import defaultdict

from tools.stripe_simulator.objects import BalanceTransaction, Json
from tools.stripe_simulator.state import State, new_id

PLATFORM = ""

REPORTED_AS = {
    "adjustment": "other_adjustment",
    "payment": "charge",
    "payment_refund": "refund",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "stripe_fee": "fee",
    "topup": "topup",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
}
"""Type of a line → its reporting category."""


def book(
    state: State,
    *,
    at: int,
    account: str,
    amount: int,
    currency: str,
    kind: str,
    source: str | None,
    description: str | None = None,
) -> BalanceTransaction:
    """Add a line to a balance."""
    assert kind in REPORTED_AS
    line = BalanceTransaction(
        id=new_id("txn"),
        account=account,
        created=at,
        available_on=at,
        amount=amount,
        currency=currency,
        type=kind,
        source=source,
        description=description,
    )
    state.books.balance_transactions[line.id] = line
    return line


def sums(state: State, account: str, *, at: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return what is available and what is pending, by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    for line in state.books.balance_transactions.values():
        if line.account == account:
            (available if line.available_on <= at else pending)[line.currency] += line.net
    return dict(available), dict(pending)


def available(state: State, account: str, currency: str, *, at: int) -> int:
    """Return what an account can spend."""
    return sums(state, account, at=at)[0].get(currency, 0)


def shape(state: State, account: str, *, at: int) -> Json:
    """Return a balance as the API shows it; a currency appears on both sides or on none."""
    spendable, waiting = sums(state, account, at=at)
    currencies = sorted(spendable.keys() | waiting.keys()) or ["eur"]
    found: Json = {
        "object": "balance",
        "available": [_amount(one, spendable.get(one, 0)) for one in currencies],
        "livemode": False,
        "pending": [_amount(one, waiting.get(one, 0)) for one in currencies],
    }
    if account == PLATFORM:
        found["connect_reserved"] = [{"amount": 0, "currency": one} for one in currencies]
    return found


def line_shape(line: BalanceTransaction, *, at: int) -> Json:
    """Return a line as the API shows it."""
    return {
        "id": line.id,
        "object": "balance_transaction",
        "amount": line.amount,
        "available_on": line.available_on,
        "balance_type": "payments",
        "created": line.created,
        "currency": line.currency,
        "description": line.description,
        "exchange_rate": None,
        "fee": line.fee,
        "fee_details": [],
        "net": line.net,
        "reporting_category": REPORTED_AS[line.type],
        "source": line.source,
        "status": "available" if line.available_on <= at else "pending",
        "type": line.type,
    }


def _amount(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
