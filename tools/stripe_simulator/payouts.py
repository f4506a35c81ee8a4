"""Payouts: what an account holds goes to its bank by itself, arrives, and sometimes comes back."""

from tools.stripe_simulator import accounts, balance, events, switches
from tools.stripe_simulator.errors import missing_object
from tools.stripe_simulator.objects import Account, Bank, Json, Payout, Requirement
from tools.stripe_simulator.state import DAY, HOUR, State, new_id
from tools.stripe_simulator.switches import Switch

_BASIS = 10_000
_FAILURE = ("account_closed", "The bank account has been closed.")


def find(state: State, account: str, key: str) -> Payout:
    """Return a payout of an account."""
    found = state.books.payouts.get(key)
    if found is None or found.account != account:
        raise missing_object("payout", key)
    return found


def pay_out(state: State, account: Account, *, at: int) -> None:
    """Send all that an account has available to its bank, one payout for each currency."""
    account.next_payout = None
    spendable, _pending = balance.sums(state, account.id, at=at)
    due = {currency: amount for currency, amount in spendable.items() if amount > 0}
    if due and (account.bank is None or not accounts.is_active(account, accounts.PAYOUTS)):
        account.next_payout = at + max(HOUR, state.settings.payout_after)
    elif account.bank is not None:
        for currency, amount in sorted(due.items()):
            _send(state, account, account.bank, amount, currency, at=at)


def _send(
    state: State, account: Account, bank: Bank, amount: int, currency: str, *, at: int
) -> None:
    key = new_id("po")
    line = balance.book(
        state,
        at=at,
        account=account.id,
        amount=-amount,
        currency=currency,
        kind="payout",
        source=key,
    )
    _include(state, key, account, currency, at=at)
    arrival = _arrival(state, at)
    payout = Payout(
        id=key,
        created=at,
        account=account.id,
        amount=amount,
        currency=currency,
        destination=bank.id,
        balance_transaction=line.id,
        in_transit_at=min(at + state.settings.in_transit_after, arrival),
        arrival_date=arrival,
    )
    if switches.take(state, Switch.PAYOUT_FAILS, account.id):
        payout.will_fail = "instead"
    elif switches.take(state, Switch.PAYOUT_FAILS_LATER, account.id):
        payout.will_fail = "afterwards"
    state.books.payouts[key] = payout
    _charge(state, amount, currency, at=at)
    _tell(state, "payout.created", payout, at=at)


def _include(state: State, payout: str, account: Account, currency: str, *, at: int) -> None:
    """Note which lines a payout sends, itself among them."""
    for line in state.books.balance_transactions.values():
        mine = line.account == account.id and line.currency == currency
        if mine and line.payout is None and line.available_on <= at:
            line.payout = payout


def _arrival(state: State, at: int) -> int:
    """Return when a payout arrives: at the beginning of a day, unless it takes less than one."""
    arrival = at + state.settings.arrives_after
    return arrival - arrival % DAY if state.settings.arrives_after >= DAY else arrival


def _charge(state: State, amount: int, currency: str, *, at: int) -> None:
    """Book what Stripe takes from the platform for a payout, rounded up."""
    share = -(-amount * state.settings.fee_basis_points // _BASIS)
    fee = state.settings.fee_fixed + share
    if fee:
        balance.book(
            state,
            at=at,
            account=balance.PLATFORM,
            amount=-fee,
            currency=currency,
            kind="stripe_fee",
            source=None,
            description="Connect: payout fee",
        )


def go_on(state: State, payout: Payout, *, at: int) -> None:
    """Do what is next for a payout: on its way, arrived, or come back."""
    match payout.status, payout.will_fail:
        case "pending", _:
            payout.status = "in_transit"
            _tell(state, "payout.updated", payout, at=at, previous={"status": "pending"})
        case "in_transit", "instead":
            fail(state, payout, at=at)
        case "in_transit", _:
            payout.status = "paid"
            if payout.will_fail == "afterwards":
                payout.fails_at = at + state.settings.fails_after
            _tell(state, "payout.paid", payout, at=at, previous={"status": "in_transit"})
        case _:
            fail(state, payout, at=at)


def next_step(payout: Payout) -> int | None:
    """Return when something more becomes of a payout."""
    steps = {"pending": payout.in_transit_at, "in_transit": payout.arrival_date}
    return None if payout.settled else steps.get(payout.status, payout.fails_at)


def fail(state: State, payout: Payout, *, at: int) -> None:
    """Bring the money back to the account, and ask its holder for another bank account."""
    was = payout.status
    line = balance.book(
        state,
        at=at,
        account=payout.account,
        amount=payout.amount,
        currency=payout.currency,
        kind="payout_failure",
        source=payout.id,
    )
    payout.status, payout.fails_at = "failed", None
    payout.failure_code, payout.failure_message = _FAILURE
    payout.failure_balance_transaction = line.id
    _tell(state, "payout.failed", payout, at=at, previous={"status": was})
    account = state.books.accounts[payout.account]
    if account.bank is not None and account.bank.id == payout.destination:
        _distrust(state, account, account.bank, at=at)
    if account.next_payout is None:
        account.next_payout = at + state.settings.payout_after


def _distrust(state: State, account: Account, bank: Bank, *, at: int) -> None:
    """Send nothing more to this bank account; transfers to the account go on."""
    if bank.broken:
        return
    bank.broken = True
    wanted = Requirement(
        accounts.BANK,
        accounts.PAYOUTS,
        error="invalid_value_other",
        error_words="A payout to this bank account failed; give another one.",
        reason="routine_verification",
    )
    accounts.require(state, account, wanted, at=at)


def _tell(
    state: State, kind: str, payout: Payout, *, at: int, previous: Json | None = None
) -> None:
    shown = shape(payout)
    events.snapshot(state, kind, shown, at=at, account=payout.account, previous=previous)


def shape(payout: Payout) -> Json:
    """Return a payout as the API shows it."""
    arrived = payout.status == "paid"
    return {
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": payout.arrival_date,
        "automatic": True,
        "balance_transaction": payout.balance_transaction,
        "created": payout.created,
        "currency": payout.currency,
        "description": "STRIPE PAYOUT",
        "destination": payout.destination,
        "failure_balance_transaction": payout.failure_balance_transaction,
        "failure_code": payout.failure_code,
        "failure_message": payout.failure_message,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed" if arrived else "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": payout.status,
        "trace_id": {
            "status": "supported" if arrived else "pending",
            "value": f"TRACE{payout.id[-12:].upper()}" if arrived else None,
        },
        "type": "bank_account",
    }
