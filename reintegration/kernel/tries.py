"""Counters of tries that survive a rollback and cannot be raced.

A try is spent in its own short transaction *before* the secret is compared: a refusal rolls the
request back, and a counter inside it would be forgotten; guesses sent in parallel are all counted.
Where comparing takes no time, it is done while that transaction holds the counter: then a right
secret is never in the way of another right one.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    Text,
    any_,
    bindparam,
    case,
    create_engine,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from reintegration.kernel.base import Base
from reintegration.kernel.db import ENGINE
from reintegration.kernel.errors import N_, TooManyTries
from reintegration.kernel.statements import ConstantStatement

_companions: "WeakKeyDictionary[Engine, Engine]" = WeakKeyDictionary()
_making_companions = threading.Lock()


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


_t = cast("Table", TryCounter.__table__)
_ends = bindparam("ends", type_=_t.c.window_ends_at.type)
_over = _t.c.window_ends_at <= bindparam("now", type_=_t.c.window_ends_at.type)
_SPEND = ConstantStatement(
    insert(_t)
    .values(key=bindparam("key"), spent=1, window_ends_at=_ends)
    .on_conflict_do_update(
        index_elements=[_t.c.key],
        set_={
            "spent": case((_over, 1), else_=_t.c.spent + 1),
            "window_ends_at": case((_over, _ends), else_=_t.c.window_ends_at),
        },
        where=or_(_t.c.spent < bindparam("limit"), _over),
    )
    .returning(_t.c.spent)
)
_SPENT = ConstantStatement(
    select(_t.c.key, _t.c.spent).where(
        _t.c.key == any_(bindparam("keys", type_=ARRAY(Text))),
        _t.c.window_ends_at > bindparam("now"),
    )
)
_ENDS = ConstantStatement(select(_t.c.window_ends_at).where(_t.c.key == bindparam("key")))
_GIVE_BACK = ConstantStatement(
    update(_t)
    .values(spent=_t.c.spent - 1)
    .where(_t.c.key == bindparam("key"), _t.c.spent > 0, _t.c.window_ends_at > bindparam("now"))
)
_FORGET = ConstantStatement(delete(_t).where(_t.c.key == bindparam("key")))


def spend(session: Session, key: str, limit: Limit, *, now: datetime) -> int:
    """Spend one try of `key`, committed at once; return how many are left.

    Raises TooManyTries when none was left: the caller must not compare the secret then.
    """
    with companion(session).begin() as connection:
        return _spend(connection, key, limit, now)


def spend_unless(
    session: Session, key: str, limit: Limit, *, now: datetime, right: Callable[[], bool]
) -> int | None:
    """Spend one try of `key` unless the secret is `right`; return how many are left, or None.

    Whoever tries at the same moment waits for the comparison, which must take no time: a right
    secret spends nothing, and of a wrong one nobody hears before it is counted. Raises TooManyTries
    when none was left, and compares nothing.
    """
    with companion(session).connect() as connection, connection.begin() as own:
        left = _spend(connection, key, limit, now)
        if not right():
            return left
        own.rollback()
        return None


def _spend(connection: Connection, key: str, limit: Limit, now: datetime) -> int:
    values = {"key": key, "now": now, "ends": now + limit.window, "limit": limit.tries}
    spent: int | None = _SPEND.on(connection, values).scalar_one_or_none()
    if spent is None:
        raise TooManyTries(N_("Too many tries. Wait a while, then try again, or ask for help."))
    return limit.tries - spent


def refuse_when_spent(
    session: Session, keys: Sequence[tuple[str, Limit]], *, now: datetime
) -> None:
    """Raise TooManyTries when any counter of `keys` is used up; spend nothing."""
    limits = dict(keys)
    with companion(session).connect() as connection:
        rows = _SPENT.on(connection, {"keys": list(limits), "now": now}).all()
    if any(spent >= limits[key].tries for key, spent in rows):
        raise TooManyTries(N_("Too many tries. Wait a while, then try again, or ask for help."))


def until(session: Session, key: str) -> datetime | None:
    """Return when all tries of `key` are there again; None where none was spent."""
    with companion(session).connect() as connection:
        ends: datetime | None = _ENDS.on(connection, {"key": key}).scalar_one_or_none()
    return ends


def give_back(session: Session, key: str, *, now: datetime) -> None:
    """Give back one try of `key` at once: it was spent for a secret that was right.

    For a counter that many share; `forget` would give back the wrong tries of the others too.
    """
    with companion(session).begin() as connection:
        _GIVE_BACK.on(connection, {"key": key, "now": now})


def forget(session: Session, key: str) -> None:
    """Give back all tries of `key`, in the caller's transaction: the secret was right."""
    _FORGET.run(session, {"key": key})


def forget_old(session: Session, now: datetime) -> str | None:
    """Delete the counters whose window is over: they count nothing any more."""
    old = delete(TryCounter).where(TryCounter.window_ends_at <= now)
    gone = session.scalar(select(func.count()).select_from(old.returning(_t.c.key).cte()))
    return f"{gone} forgotten" if gone else None


def companion(session: Session) -> Engine:
    """Return a small engine to the same database for transactions of their own.

    With connections from the main pool, requests that each hold one would wait for each other.
    """
    engine = session.get_bind().engine
    with _making_companions:  # two threads that make one each would lose the connections of one
        if engine not in _companions:
            _companions[engine] = create_engine(engine.url, pool_size=2, max_overflow=4, **ENGINE)
        return _companions[engine]


def count_in(session: Session, engine: Engine) -> None:
    """Spend the tries of this session's database through `engine` from now on.

    For a long transaction that forgets tries and spends them again: it would wait for itself.
    """
    _companions[session.get_bind().engine] = engine
