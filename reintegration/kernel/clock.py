"""Time. Instants are aware UTC; a *day* is a local day in Chișinău, as law and people count it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Chisinau")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """Return the day that a calendar in Chișinău shows at `instant`."""
    return instant.astimezone(LOCAL).date()
