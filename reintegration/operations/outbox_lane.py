"""The lanes of messages to the outside: claim, commit, send, settle, one after the other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from flask import Flask

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, session
from reintegration.kernel.lanes import Lane
from reintegration.kernel.locking import committed
from reintegration.kernel.outbox import Channel, OutboxMessage, Outcome

_AT_ONCE = 50


def deliver_due(app: Flask, now: datetime, lane: Lane = Lane.OUTBOX) -> int:
    """Send what is due in a lane, settle what nobody knew; return how many messages were tried."""
    with app.app_context():
        act_as(session(), SYSTEM)
        committed(session(), lambda: outbox.give_up_silent(session(), now=now, lane=lane))
        _find_out(now, lane)
        return sum(1 for _ in _tried(now, lane))


def _tried(began: datetime, lane: Lane) -> Iterator[OutboxMessage]:
    counted = monotonic()
    for _ in range(_AT_ONCE):
        now = began + timedelta(seconds=monotonic() - counted)  # sending takes its time
        message = _claim(now, lane)
        if message is None:
            return
        channel = outbox.registered()[message.channel]
        outcome = outbox.attempt(channel, message)
        _settle(channel, message, outcome, now)
        yield message


def _claim(now: datetime, lane: Lane) -> OutboxMessage | None:
    return committed(session(), lambda: outbox.claim(session(), now=now, lane=lane))


def _find_out(now: datetime, lane: Lane) -> None:
    """Ask of each unknown outcome what its channel knows, between transactions."""
    for channel in outbox.in_lane(lane):
        waiting = outbox.unknown_on(session(), channel.name).all()
        session().expunge_all()
        session().rollback()
        for message in waiting:
            outcome = outbox.find_out(channel, message, now=now)
            if outcome is not None:
                _settle(channel, message, outcome, now)


def _settle(channel: Channel, message: OutboxMessage, outcome: Outcome, now: datetime) -> None:
    committed(session(), lambda: outbox.settle(session(), channel, message, outcome, now=now))
