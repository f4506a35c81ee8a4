"""The one thing that the simulator holds: its books, their lock, its clock and its settings."""

import hashlib
import secrets
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from tools.stripe_simulator.objects import Books

API_VERSION = "2026-10-28.endive"
HOUR, DAY = 3600, 86400

_LETTERS = string.ascii_letters + string.digits
_BOOKS = TypeAdapter(Books)


@dataclass(frozen=True)
class Settings:
    """How this Stripe behaves. Durations are seconds of its own clock."""

    key: str = "sk_test_simulator"
    webhook_url: str = ""
    webhook_secrets: tuple[str, ...] = ("whsec_simulator",)
    retry_after: tuple[float, ...] = (5, 60, 600)
    payout_after: int = DAY
    in_transit_after: int = HOUR
    arrives_after: int = 2 * DAY
    fails_after: int = DAY
    topup_after: int = DAY
    verified_after: int = HOUR
    link_lives: int = 300
    fee_fixed: int = 10
    fee_basis_points: int = 25
    connected_reserves: bool = False
    currencies: tuple[str, ...] = ("chf", "eur", "gbp", "ron", "usd")


@dataclass
class Cause:
    """The request that the books change for."""

    request: str | None = None
    key: str | None = None


@dataclass
class State:
    """One simulated Stripe. Whoever reads or changes `books` holds `lock`."""

    settings: Settings = field(default_factory=Settings)
    file: Path | None = None
    wall: Callable[[], float] = time.time
    books: Books = field(default_factory=Books)
    lock: threading.RLock = field(default_factory=threading.RLock)
    wake: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    in_progress: set[str] = field(default_factory=set)
    cause: Cause = field(default_factory=Cause)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self.books = _BOOKS.validate_json(self.file.read_bytes())

    def go_on_from(self, history: Path) -> None:
        """Take over what happened before, unless these books went on from it already.

        The file is one of `file`'s kind, which need not name everything. Another history than the
        last time begins anew; where there is none, nothing happens.
        """
        if not history.exists():
            return
        told = history.read_bytes()
        mark = hashlib.sha256(told).hexdigest()
        if self.books.begun_with != mark:
            self.books = _BOOKS.validate_json(told)
            self.books.begun_with = mark
            self._save()

    def now(self) -> int:
        """Return the moment of the simulator's own clock."""
        return int(self.moment())

    def moment(self) -> float:
        """Return the same with its fraction."""
        return self.wall() + self.books.ahead

    @contextmanager
    def changing(self, cause: Cause | None = None) -> Iterator[Books]:
        """Hold the lock while the books change, then keep them and wake the deliveries."""
        with self.lock:
            self.cause = cause or Cause()
            try:
                yield self.books
            finally:
                self.cause = Cause()
                self._save()
        self.wake.set()

    def _save(self) -> None:
        if self.file is None:
            return
        beside = self.file.with_name(self.file.name + ".new")
        beside.write_bytes(_BOOKS.dump_json(self.books))
        beside.replace(self.file)


def new_id(prefix: str) -> str:
    """Return an id that nothing else has, in Stripe's manner."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"
