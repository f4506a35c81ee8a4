"""The lane of messages to the outside: claim, commit, send, settle, one after the other."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import Flask

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, session
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import Channel, OutboxMessage

_AT_ONCE = 50


def registered(app: Flask) -> Mapping[str, Channel]:
    """Return the ways out of the house, by name."""
    found: Mapping[str, Channel] = app.extensions["channels"]
    return found


def register(app: Flask, channel: Channel) -> None:
    """Add a way out, from the feature that owns it; the last of a name counts."""
    app.extensions.setdefault("channels", {})[channel.name] = channel


def deliver_due(app: Flask, now: datetime) -> int:
    """Send what is due and settle what nobody knew; return how many messages were tried."""
    with app.app_context():
        act_as(session(), SYSTEM)
        committed(session(), lambda: outbox.give_up_silent(session(), now=now))
        _find_out(app, now)
        return sum(1 for _ in _tried(app, now))


def _tried(app: Flask, now: datetime) -> Iterator[OutboxMessage]:
    for _ in range(_AT_ONCE):
        message = committed(session(), lambda: outbox.claim(session(), now=now))
        if message is None:
            return
        outcome = outbox.attempt(registered(app)[message.channel], message)
        committed(session(), lambda: outbox.settle(session(), message, outcome, now=now))  # noqa: B023
        yield message


def _find_out(app: Flask, now: datetime) -> None:
    """Ask of each unknown outcome what its channel knows, between transactions."""
    for channel in registered(app).values():
        waiting = outbox.unknown_on(session(), channel.name).all()
        session().expunge_all()
        session().rollback()
        for message in waiting:
            outcome = outbox.found_out(channel, message)
            if outcome is not None:
                outbox.settle(session(), message, outcome, now=now)
                session().commit()
