"""Days as people and machines write them; years that no rule here can mean are no days.

All raise NoDay, with how to write it. What a bank's table writes is said by its account.
"""

import calendar
import re
from collections.abc import Iterable
from datetime import date, datetime

from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import freed

FIRST_YEAR, LAST_YEAR = 1900, 2199
_TYPED = re.compile(r"(?P<day>[0-9]{1,2})[./](?P<month>[0-9]{1,2})[./](?P<year>[0-9]{4})")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SIX = re.compile(r"(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")


class NoDay(Invalid):
    """The text names no day, or could name several."""

    def __init__(self, text: str) -> None:
        super().__init__(
            N_("“%(text)s” is not a day. Write it like 24.11.2026."),
            code="date_garbled",
            text=text.strip()[:40],
        )


def typed(text: str) -> date:
    """Read what a person or a browser's field wrote: `24.11.2026`, `1.3.2026`, `2026-11-24`.

    A year of two digits could be any century's and is refused.
    """
    bare = freed(text).strip()
    found = _TYPED.fullmatch(bare) or _ISO.fullmatch(bare)
    return _day(text, found)


def machine(text: str) -> date:
    """Read what a program wrote: `2026-11-24`, and nothing else."""
    return _day(text, _ISO.fullmatch(text))


def swift(text: str) -> date:
    """Read `YYMMDD`; a day that a month of 30 days has and this one has not is its last day."""
    found = _SIX.fullmatch(text)
    if found is None:
        raise NoDay(text)
    year, month, day = 2000 + int(found["year"]), int(found["month"]), int(found["day"])
    if month in range(1, 13) and day == 30:
        day = min(day, calendar.monthrange(year, month)[1])
    return _bounded(text, year, month, day)


def csv(text: str, shapes: Iterable[str]) -> date:
    """Read a cell as one of the shapes that its account writes; a time behind it is left out."""
    for shape in shapes:
        try:
            found = datetime.strptime(text.split(" ", maxsplit=1)[0], shape)  # noqa: DTZ007
        except ValueError:
            continue
        return _bounded(text, found.year, found.month, found.day)
    raise NoDay(text)


def _day(text: str, found: "re.Match[str] | None") -> date:
    if found is None:
        raise NoDay(text)
    return _bounded(text, int(found["year"]), int(found["month"]), int(found["day"]))


def _bounded(text: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoDay(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDay(text) from None
