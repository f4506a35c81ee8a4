"""Banks rest at weekends and on public holidays, the Orthodox Easter among them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel import banking_days


@pytest.mark.parametrize(
    ("day", "third"),
    [
        (date(2026, 11, 30), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 8)),  # over a weekend
        (date(2026, 12, 5), date(2026, 12, 9)),  # from a Saturday
        (date(2026, 12, 24), date(2026, 12, 30)),  # Christmas, and a weekend
        (date(2026, 4, 10), date(2026, 4, 16)),  # Easter Sunday and Monday
    ],
)
def test_three_banking_days_after_a_day(day, third):
    assert banking_days.after(day, 3) == third


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 9))
def test_banks_work_on_the_day_and_so_many_days_lie_between(day, count):
    found = banking_days.after(day, count)
    between = [date.fromordinal(one) for one in range(day.toordinal() + 1, found.toordinal() + 1)]
    assert banking_days.is_one(found)
    assert sum(banking_days.is_one(one) for one in between) == count
