"""What each channel does before it calls Stripe."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from reintegration.kernel.db import session
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import TryLater
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.gateway import Gateway

Read = TypeVar("Read")
_LATER = timedelta(hours=1)


def stripe() -> Gateway:
    """Return the way to Stripe; raise TryLater while the rail is off: the messages wait."""
    found = gateway.in_use()
    if found is None:
        raise TryLater("payments through Stripe are switched off", after=_LATER)
    return found


def read(what: Callable[[Session], Read]) -> Read:
    """Read plain values in a transaction of its own: nothing is held while Stripe is called."""
    return committed(session(), lambda: what(session()))
