"""Money counts whole minor units and never mixes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.money import CurrencyMismatch, Money, total
from reintegration.kernel.money_columns import MoneyColumns

amounts = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_only_whole_numbers_are_money(value):
    with pytest.raises(TypeError):
        Money(value, "MDL")


def test_money_is_multiplied_by_whole_units_only():
    assert Money(50000, "MDL") * 3 == Money(150000, "MDL")
    with pytest.raises(TypeError):
        Money(50000, "MDL") * 1.5


@pytest.mark.parametrize("sign", ["+", "-", "<", ">="])
def test_two_currencies_never_meet(sign):
    lei, euro = Money(1, "MDL"), Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        {
            "+": lambda: lei + euro,
            "-": lambda: lei - euro,
            "<": lambda: lei < euro,
            ">=": lambda: lei >= euro,
        }[sign]()


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_the_parts_of_an_allocation_sum_to_the_whole(minor, weights):
    whole = Money(minor, "MDL")
    assert total(whole.allocate(weights), "MDL") == whole


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("1.239", "MDL", 123),
        ("1.231", "MDL", 123),
        ("-1.239", "MDL", -123),
        ("1.9", "JPY", 1),
        ("0.009", "MDL", 0),
    ],
)
def test_an_amount_is_only_ever_rounded_towards_zero(value, currency, minor):
    assert Money.rounded_down(Decimal(value), currency) == Money(minor, currency)


@given(minor=st.integers(0, 10**12), part=st.integers(0, 10**9), whole=st.integers(1, 10**9))
def test_a_share_is_never_more_than_its_part_nor_short_by_a_whole_unit(minor, part, whole):
    share = Money(minor, "MDL").share(part, whole).minor
    assert share * whole <= minor * part < (share + 1) * whole


@given(minor=st.integers(0, 10**12), whole=st.integers(1, 10**9))
def test_the_whole_share_is_everything(minor, whole):
    assert Money(minor, "MDL").share(whole, whole) == Money(minor, "MDL")


class Row:
    """A row as the mapper makes one: empty columns at first."""

    currency, price_minor = None, None
    price = MoneyColumns()


def test_money_set_in_a_row_never_relabels_it():
    row = Row()
    row.price = Money(150, "MDL")
    assert (row.price_minor, row.currency) == (150, "MDL")
    row.price += Money(50, "MDL")
    assert row.price == Money(200, "MDL")
    with pytest.raises(CurrencyMismatch):
        row.price = Money(200, "EUR")
    row.price_minor = 7
    assert row.price == Money(7, "MDL")
