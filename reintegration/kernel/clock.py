"""Time. Instants are aware UTC; a *day* is a local day in Chișinău, as law and people count it.

The database's clock decides: several machines write into one database, and its triggers judge by
its own. Whoever tells it for whom a transaction acts hears what it shows (`hear`), at no statement
more, and `now` follows. In between this process counts on steadily, whatever is done to the clock
of its machine.
"""

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, cast, func, text

LOCAL = ZoneInfo("Europe/Chisinau")
_began = datetime.now(UTC) - timedelta(seconds=monotonic())
_ahead = timedelta()
"""How far the database's clock is ahead of what this process counts."""


def now() -> datetime:
    """Return the present instant by the database's clock, aware, in UTC."""
    return counted() + _ahead


def counted() -> datetime:
    """Return the present instant as this process counts it, from its machine's at its start."""
    return _began + timedelta(seconds=monotonic())


def of_machine() -> datetime:
    """Return what the machine's clock shows now: for whoever compares it with the database's."""
    return datetime.now(UTC)


def hear(there: datetime, asked: datetime) -> None:
    """Learn that the database's clock showed `there` at some moment since `asked` (`counted`).

    The answer took a while, so the difference is known within bounds; it is only moved where it
    lies outside of them. Clocks that agree stay equal to the last digit.
    """
    global _ahead  # noqa: PLW0603 - one process has one database
    least, most = there - counted(), there - asked
    _ahead = min(max(_ahead, least), most)


def local_day(instant: datetime) -> date:
    """Return the day that a calendar in Chișinău shows at `instant`."""
    return instant.astimezone(LOCAL).date()


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in Chișinău."""
    return datetime.combine(day, time(), LOCAL)


def day_of(instant: SQLColumnExpression[Any]) -> ColumnElement[date]:
    """Return the expression of the day in Chișinău of a column of instants."""
    return cast(func.timezone(text(f"'{LOCAL.key}'"), instant), Date)
