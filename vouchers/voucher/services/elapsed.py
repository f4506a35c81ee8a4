"""How much of a service time allows: a night is over in the morning, a month after its last day.

Whatever is typed and however it is proven, nobody stayed longer than time has passed.
"""

from calendar import monthrange
from datetime import date, timedelta

from reintegration.codelists.units import Unit

NO_LIMIT = 2**31 - 1
"""What is allowed of a unit that takes no time of its own."""

_HOURS_A_DAY = 24
SPAN = frozenset({Unit.NIGHT, Unit.DAY, Unit.MONTH})
"""The units that follow one another: the next begins when the one before is over."""


def passed(unit: str, first: date, day: date) -> int:
    """Return how many units can be over on `day` when the first begins on `first`."""
    days = (day - first).days
    if unit == Unit.NIGHT:
        return max(days, 0)
    if unit == Unit.DAY:
        return max(days + 1, 0)
    if unit == Unit.HOUR:
        return max((days + 1) * _HOURS_A_DAY, 0)
    if unit == Unit.MONTH:
        return max(_months(first, day + timedelta(days=1)), 0)
    return NO_LIMIT


def begins_after(unit: str, first: date, units: int) -> date:
    """Return the day on which the next unit begins when `units` of them went before."""
    if unit == Unit.MONTH:
        years, month = divmod(first.month - 1 + units, 12)
        year, month = first.year + years, month + 1
        return date(year, month, min(first.day, monthrange(year, month)[1]))
    return first + timedelta(days=units) if unit in SPAN else first


def ends_on(unit: str, first: date, units: int) -> date:
    """Return the day on which `units` of what follows one another are over, as `passed` counts."""
    begins = begins_after(unit, first, units)
    return begins if unit == Unit.NIGHT else begins - timedelta(days=1)


def _months(first: date, day: date) -> int:
    """Return how many whole months lie between two days."""
    months = (day.year - first.year) * 12 + day.month - first.month
    return months - (day < begins_after(Unit.MONTH, first, months)) if months > 0 else 0
