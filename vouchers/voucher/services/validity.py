"""When a voucher may be used: inclusive local days. Said once, for objects and for statements.

A voucher is over after its last day: nothing more is given on it. For a while what was given by
then may still be recorded; its money goes back only when that time has passed too.

Each rule takes a date or a column of dates, and gives a truth or a condition accordingly.
"""

from datetime import date, timedelta
from typing import Any, overload

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

RECORDED_WITHIN = timedelta(days=14)
"""How long after a delivery it may still be recorded."""

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
    """Whether the last day is past on `day`: nothing more is given on the voucher."""
    return valid_until < day


@overload
def is_past_recording(valid_until: date, day: date) -> bool: ...
@overload
def is_past_recording(valid_until: Days, day: date) -> ColumnElement[bool]: ...
def is_past_recording(valid_until: Any, day: date) -> Any:
    """Whether on `day` nothing of it can be recorded any more: it has expired, swept or not."""
    return is_over(valid_until, day - RECORDED_WITHIN)


def recorded_until(valid_until: date) -> date:
    """Return the last day on which what was given on a voucher may be recorded."""
    return valid_until + RECORDED_WITHIN


def covers(valid_from: date, valid_until: date, day: date) -> bool:
    """Whether a delivery of `day` lies within the validity."""
    return not begins_later(valid_from, day) and not is_over(valid_until, day)
