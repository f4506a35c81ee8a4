"""The rules that are decided once: validity and price, the same for objects and for statements."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import MoneyColumns
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import pricing, validity
from vouchers.voucher.states import VoucherKind

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@dataclass
class Found:
    """What the rules read of a voucher."""

    kind: str = VoucherKind.SERVICE_UNITS.value
    units: int = 10
    unit_price_minor: int = 300
    currency: str = "MDL"
    provider_id: object = "bound"
    offering_price_minor: int | None = None

    unit_price = MoneyColumns()
    offering_price = MoneyColumns()


@pytest.mark.parametrize(
    ("day", "later", "over"),
    [
        (FIRST - timedelta(days=1), True, False),
        (FIRST, False, False),
        (LAST, False, False),
        (LAST + timedelta(days=1), False, True),
    ],
)
def test_both_ends_of_the_validity_belong_to_it(day, later, over):
    assert validity.begins_later(FIRST, day) is later
    assert validity.is_over(LAST, day) is over
    assert validity.covers(FIRST, LAST, day) is not (later or over)


def test_a_statement_says_the_same_as_the_rule():
    day = bindparam("day")
    asked = select(Voucher.id).where(
        ~validity.begins_later(Voucher.valid_from, day), ~validity.is_over(Voucher.valid_until, day)
    )
    said = str(asked.compile(dialect=postgresql.dialect()))
    assert "voucher.valid_from <= %(day)s" in said
    assert "voucher.valid_until >= %(day)s" in said


@pytest.mark.parametrize(
    ("found", "costs", "frees"),
    [
        (Found(), 600, 0),
        (Found(offering_price_minor=200), 600, 0),
        (Found(provider_id=None, offering_price_minor=200), 400, 1000),
        (Found(provider_id=None, offering_price_minor=500), 600, 0),
        (Found(provider_id=None), 600, 0),
    ],
    ids=["bound", "bound, price fell since", "open, cheaper", "open, dearer", "open, no price"],
)
def test_units_cost_the_agreed_price_and_never_more_than_the_voucher(found, costs, frees):
    assert pricing.cost(found, 2, Money(1, "MDL")) == Money(costs, "MDL")
    assert pricing.at_most(found, 2) == Money(600, "MDL")
    assert pricing.saved(found) == Money(frees, "MDL")


def test_a_value_costs_what_was_given_out():
    found = Found(kind=VoucherKind.VALUE.value, provider_id=None, offering_price_minor=1)
    assert pricing.cost(found, 0, Money(12_345, "MDL")) == Money(12_345, "MDL")
    assert not pricing.saved(found)


@given(
    price=st.integers(1, 10**9),
    offered=st.none() | st.integers(1, 10**9),
    units=st.integers(0, 1000),
    bound=st.booleans(),
)
def test_no_delivery_costs_more_than_the_voucher_holds_for_it(price, offered, units, bound):
    found = Found(
        unit_price_minor=price,
        offering_price_minor=offered,
        units=1000,
        provider_id="bound" if bound else None,
    )
    cost, most = pricing.cost(found, units, Money(0, "MDL")), pricing.at_most(found, units)
    assert Money(0, "MDL") <= cost <= most
    assert pricing.saved(found) == pricing.at_most(found, 1000) - pricing.cost(
        found, 1000, Money(0, "MDL")
    )
