"""Days on which banks in Moldova work; what waits "three banking days" is counted by them."""

from datetime import date, timedelta

import holidays

_FREE = holidays.country_holidays("MD")
"""Public holidays by the Labour Code (art. 111), with the Orthodox Easter; years come as asked."""
_SATURDAY = 5


def is_one(day: date) -> bool:
    """Whether banks work on a day."""
    return day.weekday() < _SATURDAY and day not in _FREE


def after(day: date, count: int) -> date:
    """Return the banking day that is `count` of them after a day; the day itself is not counted."""
    while count:
        day += timedelta(days=1)
        count -= is_one(day)
    return day
