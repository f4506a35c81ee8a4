"""What services are counted in."""

from enum import StrEnum

from reintegration.kernel.errors import N_


class Unit(StrEnum):
    """What is counted. `AMOUNT` is a value voucher: money up to a sum."""

    NIGHT = "night"
    SESSION = "session"
    HOUR = "hour"
    VISIT = "visit"
    COURSE = "course"
    DAY = "day"
    RIDE = "ride"
    MONTH = "month"
    ITEM = "item"
    AMOUNT = "amount"


UNIT_LABELS: dict[Unit, str] = {
    Unit.NIGHT: N_("night"),
    Unit.SESSION: N_("session"),
    Unit.HOUR: N_("hour"),
    Unit.VISIT: N_("visit"),
    Unit.COURSE: N_("course"),
    Unit.DAY: N_("day"),
    Unit.RIDE: N_("ride"),
    Unit.MONTH: N_("month"),
    Unit.ITEM: N_("item"),
    Unit.AMOUNT: N_("amount of money"),
}
"""One of each unit; `reintegration.web.counting` says how many."""
