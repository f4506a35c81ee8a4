"""What must be in order before a month is closed: what each floor knows of it, by a poll.

A check says once whether it stops the close while it is open, or only warns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from reintegration.kernel.ports import Poll


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist of a month: what is asked, and what was found.

    `says` is a marked sentence with `values`; `link` leads to what is open. It stops the close
    where it `stops` and `is_open`.
    """

    code: str
    order: int
    title: str
    stops: bool
    is_open: bool
    says: str
    values: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""

    @property
    def stops_now(self) -> bool:
        """Whether the month cannot be closed before somebody settled this."""
        return self.stops and self.is_open


checks_of_month = Poll[[Session, date, date], Check](
    "what is still open of a month: its first and its last day"
)
