"""The keys of the house: they hash and sign, and stay the same whatever the master key is.

A name is found by its hash, a voucher by that of its code, a link of the trail by the one before.
None of it can be made anew without its plain text, so their keys are no longer derived from the
master key each time: they are rows, sealed under it. What they are at first is what was always
derived from the first master key, so that a house of before is adopted without touching a row.

A process reads them once, when it starts or when they are first asked for, and keeps them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.base import Base
from reintegration.kernel.crypto import (
    HOUSE,
    HOUSE_KEY,
    SAMPLE,
    Keyring,
    MasterKey,
    NotOpened,
    SealBroken,
    house_of,
)

_OF_BEFORE = ""
"""What a sample is called that was sealed before keys had names."""
_BOUND_BEFORE = "key_sample|sealed|1"


class HouseKey(Base):
    """One key of the house, sealed under a master key."""

    __tablename__ = "house_key"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime]


class KeySample(Base):
    """A text sealed under a master key: rows of this database may lie under that key.

    Whoever starts with a current key leaves one; a rotation takes those of other keys away when
    nothing lies under them any more.
    """

    __tablename__ = "key_sample"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    made_at: Mapped[datetime]


_k = cast("Table", HouseKey.__table__)
_s = cast("Table", KeySample.__table__)


def wrapped(connection: Connection) -> dict[str, bytes]:
    """Return the keys of the house as they lie in the database, by their purpose."""
    return {row.purpose: row.wrapped for row in connection.execute(select(_k))}


def samples(connection: Connection) -> dict[str, bytes]:
    """Return the samples, the oldest first, by the name of their key."""
    return {row.key_id: row.sealed for row in connection.execute(select(_s).order_by(_s.c.made_at))}


def opened(ring: Keyring, found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Open keys of the house; raise KeyMissing or SealBroken."""
    return {
        purpose: ring.unseal(HOUSE_KEY, one, bound_to=HOUSE_KEY.bound_to(purpose))
        for purpose, one in found.items()
    }


def opens_sample(key: MasterKey, name: str, sealed: bytes) -> bool:
    """Whether a sample lies under this key."""
    bound_to = _BOUND_BEFORE if name == _OF_BEFORE else SAMPLE.bound_to(name)
    try:
        Keyring(key.secret).unseal(SAMPLE, sealed, bound_to=bound_to)
    except SealBroken:
        return False
    return True


def founder(ring: Keyring, found: Mapping[str, bytes]) -> MasterKey | None:
    """Return the key of the ring under which the oldest sample lies."""
    for name, sealed in found.items():
        return next((key for key in ring.keys if opens_sample(key, name, sealed)), None)
    return None


def open_house(connection: Connection, ring: Keyring) -> None:
    """Let the ring know the keys of the house; it writes nothing.

    A database in which no process has put them yet was filled under one key, and they are derived
    from it. Raises KeyMissing, SealBroken, or NotOpened where that key cannot be told.
    """
    found = wrapped(connection)
    if found.keys() >= set(HOUSE):
        ring.open_house(opened(ring, found))
        return
    first = ring.current if len(ring.keys) == 1 else founder(ring, samples(connection))
    if first is None:
        raise NotOpened(
            "no process has started on this database since its last upgrade: start the web server"
            " or the scheduler first"
        )
    ring.open_house({**house_of(first), **opened(ring, found)})


def adopt(connection: Connection, ring: Keyring, first: MasterKey, *, now: datetime) -> None:
    """Let the ring know the keys of the house, putting those in that are not there yet."""
    found = wrapped(connection)
    new = [
        {
            "purpose": purpose,
            "wrapped": ring.seal(HOUSE_KEY, key, bound_to=HOUSE_KEY.bound_to(purpose)),
            "made_at": now,
        }
        for purpose, key in house_of(first).items()
        if purpose not in found
    ]
    if new:
        connection.execute(insert(_k).on_conflict_do_nothing(), new)
        found = wrapped(connection)
    ring.open_house(opened(ring, found))


def leave_sample(connection: Connection, key: MasterKey, *, now: datetime) -> None:
    """Say that rows may lie under a key from now on."""
    sealed = Keyring(key.secret).seal(SAMPLE, key.name.encode(), bound_to=SAMPLE.bound_to(key.name))
    given = {"key_id": key.name, "sealed": sealed, "made_at": now}
    connection.execute(insert(_s).values(given).on_conflict_do_nothing())


def forget_samples(connection: Connection, names: set[str]) -> None:
    """Say that nothing lies under these keys any more."""
    connection.execute(_s.delete().where(_s.c.key_id.in_(sorted(names))))
