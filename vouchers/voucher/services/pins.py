"""Comparing a PIN: a wrong one is counted before anybody hears of it, a right one spends nothing.

A lock blocks the PIN of one voucher for a day. Failures also count per device and per provider, so
that nobody tries a few PINs on each of many vouchers.
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from reintegration.kernel import crypto, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Invalid, TooManyTries
from vouchers.voucher.services.redeemability import (
    WrongPin,
    pin_locked,
    too_many_failures,
    unknown_voucher,
)
from vouchers.voucher.services.voucher_by_code import Found

DIGITS = 6
PER_VOUCHER = tries.Limit(tries=5, window=timedelta(hours=24))
PER_DEVICE = tries.Limit(tries=20, window=timedelta(hours=1))
PER_PROVIDER = tries.Limit(tries=100, window=timedelta(hours=1))
UNKNOWN_CODES = tries.Limit(tries=30, window=timedelta(hours=1))


def refuse_when_too_fast(session: Session, actor: Actor, *, now: datetime) -> None:
    """Raise TooManyTries when this device or provider failed too often lately; spend nothing."""
    if actor.velocity_exempt:
        return
    try:
        tries.refuse_when_spent(
            session,
            [
                (_device_key(actor), PER_DEVICE),
                (_provider_key(actor), PER_PROVIDER),
                (_codes_key(actor), UNKNOWN_CODES),
            ],
            now=now,
        )
    except TooManyTries:
        raise too_many_failures() from None


def count_unknown_code(session: Session, actor: Actor, *, now: datetime) -> None:
    """Count a code that nobody has: guessing codes is a try too."""
    if not actor.velocity_exempt:
        _count(session, _codes_key(actor), UNKNOWN_CODES, now)


def check(session: Session, found: Found, pin: str, *, actor: Actor, now: datetime) -> None:
    """Raise WrongPin or TooManyTries unless `pin` is the voucher's."""
    if found.pin_salt is None or found.pin_verifier is None:
        raise unknown_voucher()
    try:
        left = tries.spend_unless(
            session,
            voucher_key(found),
            PER_VOUCHER,
            now=now,
            right=lambda: compare(session, found, pin),
        )
    except TooManyTries:
        raise pin_locked(_locked_until(session, found, now)) from None
    if left is None:
        return
    if not actor.velocity_exempt:
        _count(session, _device_key(actor), PER_DEVICE, now)
        _count(session, _provider_key(actor), PER_PROVIDER, now)
    raise WrongPin(left, locked_until=None if left else _locked_until(session, found, now))


def _locked_until(session: Session, found: Found, now: datetime) -> datetime:
    return tries.until(session, voucher_key(found)) or now + PER_VOUCHER.window


def compare(session: Session, found: Found, pin: str) -> bool:
    """Whether the keyed verifier of `pin` is the stored one, in constant time."""
    verifier = keyring(session).pin_verifier(pin, salt=found.pin_salt or b"")
    return crypto.same(verifier, found.pin_verifier or b"")


def forgive(session: Session, found: Found) -> None:
    """Give the tries back at once: the PIN was right, though the delivery is refused."""
    with Session(tries.companion(session)) as own, own.begin():
        tries.forget(own, voucher_key(found))


def voucher_key(found: Found) -> str:
    """Return the name of a voucher's counter."""
    return f"voucher|{found.id}"


def new_pin() -> str:
    """Return six random digits that are not easily guessed."""
    while True:
        pin = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if not _is_obvious(pin):
            return pin


def checked_choice(pin: str) -> str:
    """Return a PIN that a person chose; raise Invalid when it is not six digits or obvious."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        raise Invalid(N_("A PIN has 6 digits."), code="pin", field="pin")
    if _is_obvious(pin):
        raise Invalid(
            N_("This PIN is easy to guess. Choose other digits."), code="pin", field="pin"
        )
    return pin


def _is_obvious(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps <= {0} or steps <= {1} or steps <= {9}


def _count(session: Session, key: str, limit: tries.Limit, now: datetime) -> None:
    with suppress(TooManyTries):
        tries.spend(session, key, limit, now=now)


def _device(actor: Actor) -> str:
    return f"token|{actor.token_id}" if actor.token_id else f"user|{actor.id}"


def _device_key(actor: Actor) -> str:
    return f"pin|{_device(actor)}"


def _provider_key(actor: Actor) -> str:
    return f"pin|provider|{actor.organisation_id}"


def _codes_key(actor: Actor) -> str:
    return f"code|{_device(actor)}"
