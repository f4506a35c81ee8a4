"""Days on which banks in Moldova work; what waits "three banking days" is counted by them."""

from datetime import date, timedelta
from functools import cache

import holidays

_SATURDAY = 5


def is_one(day: date) -> bool:
    """Whether banks work on a day."""
    return day.weekday() < _SATURDAY and day not in _free()


@cache
def _free() -> holidays.HolidayBase:
    """Return the public holidays, the Orthodox Easter among them; made when first asked for."""
    return holidays.country_holidays("MD")


def after(day: date, count: int) -> date:
    """Return the banking day that is `count` of them after a day; the day itself is not counted."""
    while count:
        day += timedelta(days=1)
        count -= is_one(day)
    return day


def from_on(day: date) -> date:
    """Return a day if banks work on it, else the next on which they do."""
    return day if is_one(day) else after(day, 1)
