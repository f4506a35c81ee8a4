"""Another time for the application: the database's clock, which decides, cannot be moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import time_machine

from reintegration.kernel import clock


@contextmanager
def travel(to: datetime, *, tick: bool = True) -> Iterator[time_machine.Traveller]:
    """Let the application go by its machine's clock within, and that show another time."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(to, tick=tick) as traveller:
        patch.setattr(clock, "now", clock.of_machine)
        yield traveller
