"""Transfers to connected accounts, and transfers taken back."""

from tools.stripe_simulator import accounts, balance, events, switches
from tools.stripe_simulator.errors import Refusal, missing_object, wrong_parameter
from tools.stripe_simulator.objects import Account, Json, Reversal, Transfer
from tools.stripe_simulator.paging import listed
from tools.stripe_simulator.state import State, new_id
from tools.stripe_simulator.switches import Switch

_CALL = "POST /v1/transfers"
_LARGEST = 99_999_999


def find(state: State, key: str, *, param: str = "id") -> Transfer:
    """Return a transfer of the platform."""
    if key not in state.books.transfers:
        raise missing_object("transfer", key, param=param)
    return state.books.transfers[key]


def create(state: State, given: Json, *, at: int) -> Transfer:
    """Move money from the platform's balance to an account's, or refuse it and move nothing."""
    amount = _amount(given)
    currency = _currency(state, given["currency"])
    account = _destination(state, given, at=at)
    _refuse_if_short(state, balance.PLATFORM, amount, currency, at=at)
    key, payment = new_id("tr"), new_id("py")
    line = balance.book(
        state,
        at=at,
        account=balance.PLATFORM,
        amount=-amount,
        currency=currency,
        kind="transfer",
        source=key,
        description=given.get("description"),
    )
    balance.book(
        state,
        at=at,
        account=account.id,
        amount=amount,
        currency=currency,
        kind="payment",
        source=payment,
    )
    transfer = Transfer(
        id=key,
        created=at,
        amount=amount,
        currency=currency,
        destination=account.id,
        destination_payment=payment,
        balance_transaction=line.id,
        description=given.get("description"),
        transfer_group=given.get("transfer_group"),
        metadata=accounts.merged({}, given.get("metadata") or {}),
        source_type=given.get("source_type", "card"),
    )
    state.books.transfers[key] = transfer
    if account.next_payout is None:
        account.next_payout = at + state.settings.payout_after
    events.snapshot(state, "transfer.created", shape(state, transfer), at=at)
    return transfer


def update(state: State, transfer: Transfer, given: Json, *, at: int) -> None:
    """Change the description and metadata; the money stays where it is."""
    before = {"metadata": transfer.metadata, "description": transfer.description}
    transfer.description = given.get("description", transfer.description)
    transfer.metadata = accounts.merged(transfer.metadata, given.get("metadata") or {})
    changed = {name: was for name, was in before.items() if was != getattr(transfer, name)}
    if changed:
        shown = shape(state, transfer)
        events.snapshot(state, "transfer.updated", shown, at=at, previous=changed)


def reverse(state: State, transfer: Transfer, given: Json, *, at: int) -> Reversal:
    """Take a transfer back, whole or in part, as far as the account still has the money."""
    left = transfer.amount - transfer.amount_reversed
    amount = given.get("amount", left)
    if left == 0:
        raise Refusal("The transfer is already reversed", code="transfer_already_reversed")
    if not 0 < amount <= left:
        raise Refusal(f"At most {left} can be reversed", param="amount")
    if not state.settings.connected_reserves:
        _refuse_if_short(state, transfer.destination, amount, transfer.currency, at=at)
    key, refund = new_id("trr"), new_id("pyr")
    line = balance.book(
        state,
        at=at,
        account=balance.PLATFORM,
        amount=amount,
        currency=transfer.currency,
        kind="transfer_refund",
        source=key,
    )
    balance.book(
        state,
        at=at,
        account=transfer.destination,
        amount=-amount,
        currency=transfer.currency,
        kind="payment_refund",
        source=refund,
    )
    before = {"amount_reversed": transfer.amount_reversed, "reversed": False}
    transfer.amount_reversed += amount
    reversal = Reversal(
        id=key,
        created=at,
        amount=amount,
        currency=transfer.currency,
        transfer=transfer.id,
        destination_payment_refund=refund,
        balance_transaction=line.id,
        metadata=accounts.merged({}, given.get("metadata") or {}),
    )
    state.books.reversals[key] = reversal
    shown = shape(state, transfer)
    events.snapshot(state, "transfer.reversed", shown, at=at, previous=before)
    return reversal


def reversals_of(state: State, transfer: Transfer) -> list[Reversal]:
    """Return what was taken back of a transfer, in its order."""
    return [one for one in state.books.reversals.values() if one.transfer == transfer.id]


def _amount(given: Json) -> int:
    if "amount" not in given:
        raise wrong_parameter("Missing required param: amount", "parameter_missing", "amount")
    amount: int = given["amount"]
    if amount < 1:
        wrong = f"Invalid positive integer: {amount}"
        raise wrong_parameter(wrong, "parameter_invalid_integer", "amount")
    if amount > _LARGEST:
        raise wrong_parameter("The amount is too large", "amount_too_large", "amount")
    return amount


def _currency(state: State, currency: str) -> str:
    if currency.lower() not in state.settings.currencies:
        raise wrong_parameter(f"Invalid currency: {currency}", "invalid_currency", "currency")
    return currency.lower()


def _destination(state: State, given: Json, *, at: int) -> Account:
    """Return the account if it may receive."""
    key = given["destination"]
    if key not in state.books.accounts:
        raise missing_object("destination", key, param="destination", status=400)
    account = state.books.accounts[key]
    if switches.take(state, Switch.ACCOUNT_RESTRICTED, _CALL):
        accounts.restrict(state, account, at=at)
    if not accounts.is_active(account, accounts.TRANSFERS):
        raise Refusal(
            "The destination account lacks an active capability to receive transfers",
            code="insufficient_capabilities_for_transfer",
            param="destination",
        )
    return account


def _refuse_if_short(state: State, account: str, amount: int, currency: str, *, at: int) -> None:
    short = balance.available(state, account, currency, at=at) < amount
    if short or switches.take(state, Switch.INSUFFICIENT_BALANCE, _CALL):
        raise Refusal("The available balance is too low for this", code="balance_insufficient")


def shape(state: State, transfer: Transfer) -> Json:
    """Return a transfer as the API shows it, with its newest reversals."""
    address = f"/v1/transfers/{transfer.id}/reversals"
    newest = [reversal_shape(one) for one in reversals_of(state, transfer)][::-1]
    return {
        "id": transfer.id,
        "object": "transfer",
        "amount": transfer.amount,
        "amount_reversed": transfer.amount_reversed,
        "balance_transaction": transfer.balance_transaction,
        "created": transfer.created,
        "currency": transfer.currency,
        "description": transfer.description,
        "destination": transfer.destination,
        "destination_payment": transfer.destination_payment,
        "livemode": False,
        "metadata": transfer.metadata,
        "reversals": listed(newest, {}, address) | {"total_count": len(newest)},
        "reversed": transfer.amount_reversed == transfer.amount,
        "source_transaction": None,
        "source_type": transfer.source_type,
        "transfer_group": transfer.transfer_group,
    }


def reversal_shape(reversal: Reversal) -> Json:
    """Return a reversal as the API shows it."""
    return {
        "id": reversal.id,
        "object": "transfer_reversal",
        "amount": reversal.amount,
        "balance_transaction": reversal.balance_transaction,
        "created": reversal.created,
        "currency": reversal.currency,
        "destination_payment_refund": reversal.destination_payment_refund,
        "metadata": reversal.metadata,
        "source_refund": None,
        "transfer": reversal.transfer,
    }
