"""Whatever happens, no money of the simulator appears or is lost."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import RECIPIENT
from tools.stripe_simulator import Settings, State, accounts, advance, balance, transfers
from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Armed
from tools.stripe_simulator.state import DAY, HOUR
from tools.stripe_simulator.switches import Switch
from tools.stripe_simulator.topups import create as top_up

AMOUNTS = st.integers(1, 40_000)
CURRENCIES = st.sampled_from(["eur", "usd"])
ACTS = st.one_of(
    st.tuples(st.just("top up"), AMOUNTS, CURRENCIES),
    st.tuples(st.just("transfer"), AMOUNTS, CURRENCIES, st.integers(0, 1)),
    st.tuples(st.just("reverse"), st.integers(0, 9), AMOUNTS | st.none()),
    st.tuples(st.just("wait"), st.sampled_from([HOUR, DAY, 3 * DAY])),
    st.tuples(st.just("arm"), st.sampled_from(sorted(Switch))),
    st.tuples(st.just("restrict"), st.integers(0, 1), st.booleans()),
)


FAILS = [Switch.PAYOUT_FAILS, Switch.PAYOUT_FAILS_LATER]
BEGINS = [("top up", 50_000, "eur"), ("wait", DAY), ("transfer", 5_000, "eur", 0)]
ENDS = [("wait", DAY), ("wait", 3 * DAY), ("wait", DAY)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=30), st.sampled_from(FAILS), st.booleans())
def test_every_balance_is_the_sum_of_its_lines_and_nothing_is_lost(acts, fails, reserves):
    state = State(Settings(connected_reserves=reserves), wall=lambda: 1_800_000_000)
    holders = [opened(state) for _ in range(2)]
    for name, *arguments in [*BEGINS, ("arm", fails), *acts, *ENDS]:
        with suppress(Refusal):
            ACT[name](state, holders, *arguments)
        add_up(state)


def opened(state):
    account = accounts.create(state, RECIPIENT, at=state.now())
    accounts.onboard(
        state, account, country="RO", bank_account="RO49AAAA", missing=[], at=state.now()
    )
    return account


def transfer(state, holders, amount, currency, place):
    asked = {"amount": amount, "currency": currency, "destination": holders[place].id}
    transfers.create(state, asked, at=state.now())


def reverse(state, _holders, place, amount):
    made = list(state.books.transfers.values())
    if made:
        asked = {} if amount is None else {"amount": amount}
        transfers.reverse(state, made[place % len(made)], asked, at=state.now())


ACT = {
    "top up": lambda state, _holders, amount, currency: top_up(
        state, {"amount": amount, "currency": currency}, at=state.now()
    ),
    "transfer": transfer,
    "reverse": reverse,
    "wait": lambda state, _holders, seconds: advance(state, seconds),
    "arm": lambda state, _holders, switch: state.books.armed.append(Armed(switch)),
    "restrict": lambda state, holders, place, restricted: accounts.restrict(
        state, holders[place], at=state.now(), restricted=restricted
    ),
}


def add_up(state):
    """Compare balances with their lines, and all of them with what came in and went out."""
    books, now = state.books, state.now()
    lines = books.balance_transactions.values()
    for holder in ("", *books.accounts):
        shown = balance.shape(state, holder, at=now)
        for side, ready in (("available", "available"), ("pending", "pending")):
            for one in shown[side]:
                told = [
                    balance.line_shape(line, at=now) for line in lines if line.account == holder
                ]
                assert one["amount"] == sum(
                    line["net"]
                    for line in told
                    if (line["status"], line["currency"]) == (ready, one["currency"])
                )
    came = sum(one.amount for one in books.topups.values() if one.status == "succeeded")
    left = sum(one.amount for one in books.payouts.values() if one.status != "failed")
    fees = -sum(line.net for line in lines if line.type == "stripe_fee")
    assert sum(line.net for line in lines) == came - left - fees
    moved = sum(one.amount - one.amount_reversed for one in books.transfers.values())
    assert sum(line.net for line in lines if not line.account) == came - moved - fees
