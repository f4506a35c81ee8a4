"""Top-ups: money from the platform's bank to its balance."""

from tools.stripe_simulator import accounts, balance, events
from tools.stripe_simulator.errors import missing_object, wrong_parameter
from tools.stripe_simulator.objects import Json, Topup
from tools.stripe_simulator.state import State, new_id


def find(state: State, key: str) -> Topup:
    """Return a top-up."""
    if key not in state.books.topups:
        raise missing_object("topup", key)
    return state.books.topups[key]


def create(state: State, given: Json, *, at: int) -> Topup:
    """Announce money from the bank; it counts when it has arrived."""
    if given["amount"] < 1:
        wrong = f"Invalid positive integer: {given['amount']}"
        raise wrong_parameter(wrong, "parameter_invalid_integer", "amount")
    currency = given["currency"].lower()
    if currency not in state.settings.currencies:
        raise wrong_parameter(f"Invalid currency: {currency}", "invalid_currency", "currency")
    topup = Topup(
        id=new_id("tu"),
        created=at,
        amount=given["amount"],
        currency=currency,
        expected=at + state.settings.topup_after,
        description=given.get("description"),
        statement_descriptor=given.get("statement_descriptor"),
        transfer_group=given.get("transfer_group"),
        metadata=accounts.merged({}, given.get("metadata") or {}),
    )
    state.books.topups[topup.id] = topup
    events.snapshot(state, "topup.created", shape(topup), at=at)
    return topup


def arrive(state: State, topup: Topup, *, at: int) -> None:
    """Add the money to the platform's balance."""
    line = balance.book(
        state,
        at=at,
        account=balance.PLATFORM,
        amount=topup.amount,
        currency=topup.currency,
        kind="topup",
        source=topup.id,
        description=topup.description,
    )
    topup.status, topup.balance_transaction = "succeeded", line.id
    events.snapshot(state, "topup.succeeded", shape(topup), at=at, previous={"status": "pending"})


def shape(topup: Topup) -> Json:
    """Return a top-up as the API shows it."""
    return {
        "id": topup.id,
        "object": "topup",
        "amount": topup.amount,
        "balance_transaction": topup.balance_transaction,
        "created": topup.created,
        "currency": topup.currency,
        "description": topup.description,
        "expected_availability_date": topup.expected,
        "failure_code": None,
        "failure_message": None,
        "initiated_by": "user",
        "livemode": False,
        "metadata": topup.metadata,
        "payment_method": None,
        "payment_method_options": None,
        "source": None,
        "statement_descriptor": topup.statement_descriptor,
        "status": topup.status,
        "transfer_group": topup.transfer_group,
    }
