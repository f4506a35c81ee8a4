"""What services are counted in."""

from typing import Self

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded, worded


class Unit(Worded):
    """What a service is counted in: `label` is one of it, `many` is how a form asks for it.

    `reintegration.web.counting` says how many.
    """

    many: str

    NIGHT = N_("night"), N_("Nights")
    SESSION = N_("session"), N_("Sessions")
    HOUR = N_("hour"), N_("Hours")
    VISIT = N_("visit"), N_("Visits")
    COURSE = N_("course"), N_("Courses")
    DAY = N_("day"), N_("Days")
    RIDE = N_("ride"), N_("Rides")
    MONTH = N_("month"), N_("Months")
    ITEM = N_("item"), N_("Items")
    AMOUNT = N_("amount of money"), N_("Money, up to a sum")

    def __new__(cls, code: str, label: str = "", many: str = "") -> Self:
        """Make a unit."""
        unit = worded(cls, code, label)
        unit.many = many
        return unit
