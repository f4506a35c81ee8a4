"""The lane of messages to the outside: claim, commit, send, settle, one after the other."""

from collections.abc import Iterator
from datetime import datetime

from flask import Flask

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, session
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import Channel, OutboxMessage, Outcome

_AT_ONCE = 50


def deliver_due(app: Flask, now: datetime) -> int:
    """Send what is due and settle what nobody knew; return how many messages were tried."""
    with app.app_context():
        act_as(session(), SYSTEM)
        committed(session(), lambda: outbox.give_up_silent(session(), now=now))
        _find_out(now)
        return sum(1 for _ in _tried(now))


def _tried(now: datetime) -> Iterator[OutboxMessage]:
    for _ in range(_AT_ONCE):
        message = committed(session(), lambda: outbox.claim(session(), now=now))
        if message is None:
            return
        channel = outbox.registered()[message.channel]
        outcome = outbox.attempt(channel, message)
        _settle(channel, message, outcome, now)
        yield message


def _find_out(now: datetime) -> None:
    """Ask of each unknown outcome what its channel knows, between transactions."""
    for channel in outbox.registered().values():
        waiting = outbox.unknown_on(session(), channel.name).all()
        session().expunge_all()
        session().rollback()
        for message in waiting:
            outcome = outbox.find_out(channel, message, now=now)
            if outcome is not None:
                _settle(channel, message, outcome, now)


def _settle(channel: Channel, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    committed(session(), lambda: outbox.settle(session(), channel, message, outcome, now=now))
