"""Changing the master key while people work: what lies under which key, and bringing it over.

A few rows at a time, each exchanged only where it is still what was read, and none that somebody
else holds: nobody waits for it, two may run at once, and one that was killed is begun again and
finds what is left. Reading goes on under both keys meanwhile.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from reintegration.kernel import audit, house_keys, sealed
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.crypto import HEAD_BYTES, KeyMissing, Keyring, SealBroken, name_in
from reintegration.kernel.sealed import Column

UNNAMED = "unnamed"
"""What was sealed before keys had names, or is damaged: its bytes do not say under which key."""
AT_ONCE = 200
_READ_AT_ONCE = 5_000
_PASSES = 20
_PAUSE = 0.5
"""Seconds before rows are looked for again that somebody held."""
_NAMED_AT_MOST = 20
Tell = Callable[[str], None]


@dataclass
class Lying:
    """What one table holds: how many rows under which key, and those that no key opens."""

    table: str
    under: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    problems: list[str] = field(default_factory=list)

    def add_problem(self, row: str, why: str) -> None:
        """Count a row that does not open; the first of them are named."""
        self.unread += 1
        if len(self.problems) < _NAMED_AT_MOST:
            self.problems.append(f"{self.table} {row}: {why}")


@dataclass(frozen=True, slots=True)
class Status:
    """What lies under which key, and which keys rows may still lie under."""

    current: str
    read: tuple[str, ...]
    tables: tuple[Lying, ...]
    sampled: frozenset[str]

    @property
    def elsewhere(self) -> int:
        """Return how many rows lie under another key than the current one."""
        return sum(one.under.total() - one.under[self.current] for one in self.tables)

    @property
    def unread(self) -> int:
        """Return how many rows no key opens."""
        return sum(one.unread for one in self.tables)

    @property
    def is_whole(self) -> bool:
        """Whether everything lies under the current key, and opens."""
        return not self.elsewhere and not self.unread and self.sampled <= {self.current}


def status(session: Session, ring: Keyring) -> Status:
    """Read and open every sealed value; it changes nothing."""
    return Status(
        current=ring.name,
        read=tuple(one.name for one in ring.keys[1:]),
        tables=tuple(_looked_at(session, ring, column) for column in sealed.columns()),
        sampled=frozenset(house_keys.samples(session.connection())),
    )


def counted(session: Session) -> Counter[str]:
    """Return how many rows say that they lie under which key, without opening any."""
    found: Counter[str] = Counter()
    for column in sealed.columns():
        head = func.substring(column.held, 1, HEAD_BYTES)
        asked = select(head, func.count()).where(column.held.is_not(None)).group_by(head)
        for said, count in session.execute(asked.select_from(column.table)):
            found[name_in(bytes(said)) or UNNAMED] += count
    return found


def doctor(session: Session, ring: Keyring) -> list[str]:
    """Say what lies under a key that is not set, and that a rotation is not at its end."""
    found, ours = counted(session), {one.name for one in ring.keys}
    said = [
        f"{count} rows lie under the master key {name}, which is not set: add it to"
        " PUNTE_MASTER_KEYS_READ (docs/operations.md, Another master key)"
        for name, count in sorted(found.items())
        if name not in {*ours, UNNAMED}
    ]
    others = house_keys.samples(session.connection()).keys() - {ring.name}
    left = found.total() - found[ring.name] - (0 if others else found[UNNAMED])
    if left and not said:
        said.append(f"{left} rows lie under another master key: `flask --app wsgi keys rotate`")
    return said


def rotate(session: Session, ring: Keyring, *, now: Callable[[], datetime], tell: Tell) -> Status:
    """Bring everything under the current key, committing as it goes; return what lies where then.

    What no key opens is left as it is and told. Samples of other keys go when nothing lies under
    them: only then does a process start without these keys.
    """
    _note(session, "keys:rotate", now(), {"to": ring.name})
    session.commit()
    changed: Counter[str] = Counter()
    for number in range(_PASSES):
        if number:
            time.sleep(_PAUSE)
        left = sum(_pass(session, ring, one, changed, tell) for one in sealed.columns())
        if not left:
            break
    found = status(session, ring)
    if not found.elsewhere and not found.unread:
        others = set(found.sampled - {ring.name})
        house_keys.forget_samples(session.connection(), others)
        _note(session, "keys:finish", now(), {"to": ring.name, "rows": changed.total()})
        found = replace(found, sampled=found.sampled - others)
    session.commit()
    return found


def _pass(
    session: Session, ring: Keyring, column: Column, changed: Counter[str], tell: Tell
) -> int:
    """Go through one table once; return how many rows somebody held meanwhile."""
    waiting = _count(session, ring, column)
    done, unread, after = 0, 0, None
    while waiting and (rows := _some(session, ring, column, after)):
        after = tuple(rows[-1])[: len(column.keys)]
        for row in rows:
            try:
                done += _exchange(session, ring, column, row)
            except SealBroken:
                unread += 1
        session.commit()
        tell(f"{column.name}: {done} of {waiting}")
    session.commit()
    changed[column.name] += done
    return max(0, _count(session, ring, column) - unread) if waiting else 0


def _count(session: Session, ring: Keyring, column: Column) -> int:
    asked = select(func.count()).select_from(column.table).where(*_elsewhere(ring, column))
    return session.scalar(asked) or 0


def _elsewhere(ring: Keyring, column: Column) -> tuple[Any, ...]:
    head = func.substring(column.held, 1, HEAD_BYTES)
    return column.held.is_not(None), head != ring.current.head


def _some(
    session: Session, ring: Keyring, column: Column, after: tuple[Any, ...] | None
) -> Sequence[tuple[Any, ...]]:
    """Take the next rows that lie elsewhere and that nobody holds."""
    asked = select(*column.keys, *column.bound_to, column.held).where(*_elsewhere(ring, column))
    if after is not None:
        asked = asked.where(tuple_(*column.keys) > tuple_(*after))
    taken = asked.order_by(*column.keys).limit(AT_ONCE)
    return session.execute(taken.with_for_update(skip_locked=True, key_share=True)).all()


def _exchange(session: Session, ring: Keyring, column: Column, row: tuple[Any, ...]) -> int:
    """Put a value anew where it is still the one that was read; return how many rows that was."""
    ids, bound_to, value = _parts(column, row)
    new = ring.sealed_anew(column.kind, value, bound_to=bound_to)
    same = (*(one == had for one, had in zip(column.keys, ids, strict=True)), column.held == value)
    put = update(column.table).where(*same).values(**column.put(new))
    return int(session.execute(put).rowcount)  # type: ignore[attr-defined]


def _looked_at(session: Session, ring: Keyring, column: Column) -> Lying:
    found = Lying(column.name)
    for row in _rows(session, column):
        ids, bound_to, value = _parts(column, row)
        try:
            ring.unseal(column.kind, value, bound_to=bound_to)
        except KeyMissing as missing:
            found.add_problem(_told(ids), f"lies under {missing.name}, which is not set")
        except SealBroken:
            found.add_problem(_told(ids), "no key that is set opens it: another key, or damaged")
        found.under[name_in(value) or UNNAMED] += 1
    return found


def _rows(session: Session, column: Column) -> Iterator[tuple[Any, ...]]:
    asked = select(*column.keys, *column.bound_to, column.held)
    asked = asked.where(column.held.is_not(None)).execution_options(yield_per=_READ_AT_ONCE)
    yield from session.execute(asked)


def _parts(column: Column, row: tuple[Any, ...]) -> tuple[tuple[Any, ...], str, bytes]:
    """Return what names a row, what its value is bound to, and the value."""
    values, of_keys = tuple(row), len(column.keys)
    return values[:of_keys], column.kind.bound_to(*values[of_keys:-1]), bytes(values[-1])


def _told(ids: tuple[Any, ...]) -> str:
    return "/".join(str(one) for one in ids)


def _note(session: Session, action: str, now: datetime, data: dict[str, Any]) -> None:
    about = audit.Subject("keys")
    audit.record(session, action, about, actor=OPERATOR, now=now, data=data)
