"""What services are counted in."""

from typing import Self

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


class Unit(Worded):
    """What a service is counted in: `label` is one of it, `many` is how a form asks for it.

    `reintegration.web.counting` says how many.
    """

    many: str

    NIGHT = "night", N_("night"), N_("Nights")
    SESSION = "session", N_("session"), N_("Sessions")
    HOUR = "hour", N_("hour"), N_("Hours")
    VISIT = "visit", N_("visit"), N_("Visits")
    COURSE = "course", N_("course"), N_("Courses")
    DAY = "day", N_("day"), N_("Days")
    RIDE = "ride", N_("ride"), N_("Rides")
    MONTH = "month", N_("month"), N_("Months")
    ITEM = "item", N_("item"), N_("Items")
    AMOUNT = "amount", N_("amount of money"), N_("Money, up to a sum")

    def __new__(cls, code: str, label: str = "", many: str = "") -> Self:
        """Make a unit."""
        unit = worded(cls, code, label)
        unit.many = many
        return unit
