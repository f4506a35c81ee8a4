"""Whether the demo is being made: a file that the one who sees to it holds locked.

The lock, not the file, is the answer: it goes with the process that holds it, however that ends,
and the file is gone once the demo is whole. In the file stands how far it is.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "demo-filling"


@contextmanager
def held(instance: Path) -> Iterator[None]:
    """Say that the demo is being made, until it is whole or this ends."""
    path = instance / FILE_NAME
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def is_going_on(instance: Path) -> bool:
    """Whether somebody sees to it now."""
    try:
        with (instance / FILE_NAME).open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def tell(instance: Path, percent: int) -> None:
    """Write down how far it is, where somebody waits for it."""
    path = instance / FILE_NAME
    if path.exists():
        path.write_text(f"{percent:02d}", encoding="ascii")


def percent_done(instance: Path) -> int | None:
    """Return how far it is; None before the first word of it."""
    try:
        said = (instance / FILE_NAME).read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return int(said) if said.isdigit() else None


def done(instance: Path) -> None:
    """Say that the demo is whole."""
    (instance / FILE_NAME).unlink(missing_ok=True)
