"""The picture of somebody's days: bars for what happened and for what lies ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reintegration.kernel.money import Money
from reintegration.web.filters import amount, number

BEHIND, AHEAD = 6, 7
"""How many days before and after today the picture shows; without anything ahead, all behind."""


@dataclass(frozen=True, slots=True)
class Days:
    """One row of bars: how many of something, or minor units of `currency`, on each day."""

    label: str
    tone: str
    values: Mapping[date, int]
    currency: str = ""
    ahead: bool = False

    def said(self, day: date) -> str:
        """Return the figure of a day as a table shows it."""
        value = self.values.get(day, 0)
        return amount(Money(value, self.currency)) if self.currency else number(value)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the picture: the parts of its bar from below, in per cent of the highest."""

    day: date
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of one unit over the same days."""

    rows: tuple[Days, ...]
    bars: tuple[Bar, ...]
    currency: str
    highest: str
    empty: bool


def window(today: date) -> tuple[date, date]:
    """Return the first and the last day of which a picture could need a figure."""
    return today - timedelta(days=BEHIND + AHEAD), today + timedelta(days=AHEAD)


def pictures(found: list[Days], today: date) -> list[Picture]:
    """Return a picture for each unit: counts, and money of each currency."""
    units = dict.fromkeys(one.currency for one in found)
    return [_picture([one for one in found if one.currency == unit], unit, today) for unit in units]


def _picture(rows: list[Days], unit: str, today: date) -> Picture:
    rows = sorted(rows, key=lambda row: row.ahead)
    behind, ahead = (BEHIND, AHEAD) if any(row.ahead for row in rows) else (BEHIND + AHEAD, 0)
    days = [today + timedelta(days=one) for one in range(-behind, ahead + 1)]
    highest = max((sum(row.values.get(day, 0) for row in rows) for day in days), default=0)
    bars = tuple(
        Bar(day, tuple((row.tone, 100 * row.values.get(day, 0) / (highest or 1)) for row in rows))
        for day in days
    )
    top = amount(Money(highest, unit)) if unit else number(highest)
    return Picture(tuple(rows), bars, unit, top, not highest)
