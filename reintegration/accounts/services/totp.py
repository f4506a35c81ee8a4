"""Codes of an authenticator app (RFC 6238): six digits, a new one every thirty seconds."""

import base64
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from reintegration.kernel.crypto import same

DIGITS, SECONDS = 6, 30
TOLERANCE = 1
"""How many half minutes the clock of a phone may be off, either way."""
_BYTES = 20


def new_secret() -> str:
    """Return a random secret, 160 bits in base 32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()


def step_of(now: datetime) -> int:
    """Return the half minute of an instant."""
    return int(now.timestamp()) // SECONDS


def code(secret: str, step: int) -> str:
    """Return the code of a half minute."""
    return _of(secret).generate(step * SECONDS).decode()


def matched(secret: str, typed: str, *, now: datetime, after: int) -> int | None:
    """Return the half minute that a code is of, within the tolerance and later than `after`."""
    here = step_of(now)
    steps = range(max(here - TOLERANCE, after + 1), here + TOLERANCE + 1)
    found = [step for step in steps if same(code(secret, step).encode(), typed.encode())]
    return found[0] if found else None


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return the address in the QR code that an app scans."""
    return _of(secret).get_provisioning_uri(account, issuer)


def _of(secret: str) -> TOTP:
    key = base64.b32decode(secret)
    return TOTP(key, DIGITS, SHA1(), SECONDS)  # noqa: S303 - what every app knows
