"""When a voucher may be used: inclusive local days. Said once, for objects and for statements.

Each rule takes a date or a column of dates, and gives a truth or a condition accordingly.
"""

from datetime import date
from typing import Any, overload

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

Days = ColumnElement[date] | InstrumentedAttribute[date]


@overload
def begins_later(valid_from: date, day: date) -> bool: ...
@overload
def begins_later(valid_from: Days, day: Any) -> ColumnElement[bool]: ...
def begins_later(valid_from: Any, day: Any) -> Any:
    """Whether the first day is still to come on `day`."""
    return valid_from > day


@overload
def is_over(valid_until: date, day: date) -> bool: ...
@overload
def is_over(valid_until: Days, day: Any) -> ColumnElement[bool]: ...
def is_over(valid_until: Any, day: Any) -> Any:
    """Whether the last day is past on `day`: the voucher has expired, swept or not."""
    return valid_until < day


def covers(valid_from: date, valid_until: date, day: date) -> bool:
    """Whether a delivery of `day` lies within the validity."""
    return not begins_later(valid_from, day) and not is_over(valid_until, day)
