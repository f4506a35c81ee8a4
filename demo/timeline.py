"""A year in order: stories take turns, each one waking at the instants that it yields.

Everything that happens in the demo happens at its own time, one thing after the other, as it
would have in life; what would come after the end simply has not happened yet.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from reintegration.kernel.clock import LOCAL

Story = Iterator[datetime]


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """Return an instant by the local clock."""
    return datetime.combine(day, time(hour, minute), LOCAL)


@dataclass
class Timeline:
    """Runs stories up to `end`. Two that wake at once go on in the order of their start."""

    end: datetime
    now: datetime = field(init=False)
    _waiting: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _count: int = 0

    def start(self, story: Story) -> None:
        """Let a story run to its first wait."""
        self._count += 1
        self._step(story, self._count)

    def start_at(self, when: datetime, story: Story) -> None:
        """Let a story begin at an instant."""
        self._count += 1
        heapq.heappush(self._waiting, (when, self._count, story))

    def every(self, first: datetime, step: timedelta, act: Callable[[], object]) -> None:
        """Do something again and again until the end."""
        self.start_at(first, _repeat(first, step, act))

    def run(self, tell: Callable[[datetime], None]) -> None:
        """Live through everything until the end."""
        while self._waiting and self._waiting[0][0] <= self.end:
            self.now, turn, story = heapq.heappop(self._waiting)
            tell(self.now)
            self._step(story, turn)
        self.now = self.end

    def _step(self, story: Story, turn: int) -> None:
        wakes = next(story, None)
        if wakes is not None and wakes <= self.end:
            heapq.heappush(self._waiting, (wakes, turn, story))


def _repeat(first: datetime, step: timedelta, act: Callable[[], object]) -> Story:
    when = first
    while True:
        act()
        when += step
        yield when
