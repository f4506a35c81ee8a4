"""When a voucher may be used: inclusive local days. Said once, for objects and for statements.

A voucher is over after its last day: nothing more is given on it. For a while what was given by
then may still be recorded; its money goes back only when that time has passed too.

Each rule takes a date or a column of dates, and gives a truth or a condition accordingly.
"""

from datetime import date, timedelta
from typing import Any, overload

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import Days

RECORDED_WITHIN = DatedRule(
    code="vouchers.recorded_within",
    title=N_("A delivery may be recorded for"),
    says=N_(
        "How long after a delivery it may still be recorded, by the rule of the day of delivery;"
        " then what is left goes back."
    ),
    area=Area.VOUCHERS,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 90),
    initially=timedelta(days=14),
)

DayColumn = ColumnElement[date] | InstrumentedAttribute[date]
_NO_END = date(9999, 1, 1)
"""The last day of the value that holds now; before the last that there is, to add days to."""


@overload
def begins_later(valid_from: date, day: date) -> bool: ...
@overload
def begins_later(valid_from: DayColumn, day: Any) -> ColumnElement[bool]: ...
def begins_later(valid_from: Any, day: Any) -> Any:
    """Whether the first day is still to come on `day`."""
    return valid_from > day


@overload
def is_over(valid_until: date, day: date) -> bool: ...
@overload
def is_over(valid_until: DayColumn, day: Any) -> ColumnElement[bool]: ...
def is_over(valid_until: Any, day: Any) -> Any:
    """Whether the last day is past on `day`: nothing more is given on the voucher."""
    return valid_until < day


@overload
def is_past_recording(valid_from: date, last: date, day: date) -> bool: ...
@overload
def is_past_recording(valid_from: DayColumn, last: DayColumn, day: date) -> ColumnElement[bool]: ...
def is_past_recording(valid_from: Any, last: Any, day: date) -> Any:
    """Whether on `day` nothing given from the first day to the last can be recorded any more.

    Each day of giving keeps its own rule, so the last day alone does not tell: where the time has
    become shorter, a day before it may be recorded for longer.
    """
    if isinstance(last, date):
        return is_over(recorded_through(valid_from, last), day)
    of_spans = (
        or_(is_over(func.least(last, until), day - within), last < first, valid_from > until)
        for first, until, within in _spans()
    )
    shortest = min(within for _first, within in RECORDED_WITHIN.periods())
    return and_(is_over(last, day - shortest), *of_spans)  # by its index, before all of them


def recorded_through(valid_from: date, last: date) -> date:
    """Return the last day on which anything given from the first day to the last is recorded."""
    return max(
        (
            min(last, until) + within
            for first, until, within in _spans()
            if valid_from <= until and first <= last
        ),
        default=last,
    )


def _spans() -> list[tuple[date, date, timedelta]]:
    """Return the first and the last day of each value of the rule, and the value."""
    periods = RECORDED_WITHIN.periods()
    ends = [first - timedelta(days=1) for first, _within in periods[1:] if first]
    return [
        (first or date.min, until, within)
        for (first, within), until in zip(periods, [*ends, _NO_END], strict=True)
    ]


def recorded_until(given_on: date) -> date:
    """Return the last day on which what was given on a day may be recorded."""
    return given_on + RECORDED_WITHIN.on(given_on)


def earliest_recorded(today: date) -> date:
    """Return the first day of which a delivery may still be recorded."""
    longest = max(within for _first, within in RECORDED_WITHIN.periods())
    days = (today - longest + timedelta(days=ahead) for ahead in range(longest.days))
    return next((day for day in days if recorded_until(day) >= today), today)


def covers(valid_from: date, valid_until: date, day: date) -> bool:
    """Whether a delivery of `day` lies within the validity."""
    return not begins_later(valid_from, day) and not is_over(valid_until, day)
