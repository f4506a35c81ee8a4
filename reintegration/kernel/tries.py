"""Counters of tries that survive a rollback and cannot be raced.

A try is spent in its own short transaction *before* the secret is compared: a refusal rolls the
request back, and a counter inside it would be forgotten; guesses sent in parallel are all counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, case, create_engine, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base
from reintegration.kernel.errors import N_, TooManyTries

_companions: "WeakKeyDictionary[Engine, Engine]" = WeakKeyDictionary()


class TryCounter(Base):
    """How many tries of `key` were spent since its window began."""

    __tablename__ = "try_counter"

    key: Mapped[str] = mapped_column(primary_key=True)
    spent: Mapped[int]
    window_ends_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `window`."""

    tries: int
    window: timedelta


def spend(session: Session, key: str, limit: Limit, *, now: datetime) -> int:
    """Spend one try of `key`, committed at once; return how many are left.

    Raises TooManyTries when none was left: the caller must not compare the secret then.
    """
    fresh = TryCounter.window_ends_at <= now
    statement = (
        insert(TryCounter)
        .values(key=key, spent=1, window_ends_at=now + limit.window)
        .on_conflict_do_update(
            index_elements=[TryCounter.key],
            set_={
                "spent": case((fresh, 1), else_=TryCounter.spent + 1),
                "window_ends_at": case(
                    (fresh, now + limit.window), else_=TryCounter.window_ends_at
                ),
            },
            where=or_(TryCounter.spent < limit.tries, fresh),
        )
        .returning(TryCounter.spent)
    )
    with companion(session).begin() as connection:
        spent = connection.execute(statement).scalar_one_or_none()
    if spent is None:
        raise TooManyTries(N_("Too many tries. Wait a while, then try again, or ask for help."))
    return limit.tries - spent


def refuse_when_spent(
    session: Session, keys: Sequence[tuple[str, Limit]], *, now: datetime
) -> None:
    """Raise TooManyTries when any counter of `keys` is used up; spend nothing."""
    limits = dict(keys)
    with companion(session).connect() as connection:
        rows = connection.execute(
            select(TryCounter.key, TryCounter.spent).where(
                TryCounter.key.in_(limits), TryCounter.window_ends_at > now
            )
        ).all()
    if any(spent >= limits[key].tries for key, spent in rows):
        raise TooManyTries(N_("Too many tries. Wait a while, then try again, or ask for help."))


def forget(session: Session, key: str) -> None:
    """Give back all tries of `key`, in the caller's transaction: the secret was right."""
    session.execute(delete(TryCounter).where(TryCounter.key == key))


def companion(session: Session) -> Engine:
    """Return a small engine to the same database for transactions of their own.

    With connections from the main pool, requests that each hold one would wait for each other.
    """
    engine = session.get_bind().engine
    if engine not in _companions:
        _companions[engine] = create_engine(engine.url, pool_size=2, max_overflow=4)
    return _companions[engine]


def count_in(session: Session, engine: Engine) -> None:
    """Spend the tries of this session's database through `engine` from now on.

    For a long transaction that forgets tries and spends them again: it would wait for itself.
    """
    _companions[session.get_bind().engine] = engine
