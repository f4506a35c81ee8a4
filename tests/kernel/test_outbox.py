"""A message leaves once; what nobody knows is not sent again by itself."""

from datetime import timedelta

from sqlalchemy import select

from reintegration.kernel import outbox
from reintegration.kernel.outbox import OutboxMessage, OutcomeUnknown
from tests.factories.cast import NOW


def put(session, key="k"):
    outbox.put(session, channel="email", key=key, payload={"to": "x@demo.example"}, now=NOW)
    session.commit()
    return session.scalars(select(OutboxMessage)).one()


def deliver(session, message, sender, now=NOW):
    outbox.deliver(session, message.id, {"email": sender}, now=now)
    session.commit()
    session.refresh(message)


def fail(_message):
    raise ConnectionRefusedError("closed")


def lose(_message):
    raise OutcomeUnknown("the line went dead after sending")


def test_the_same_key_is_queued_once(session):
    put(session)
    put(session)


def test_a_sent_message_is_not_sent_again(session):
    sent = []
    message = put(session)
    deliver(session, message, sent.append)
    deliver(session, message, sent.append)
    assert (message.state, len(sent)) == ("sent", 1)
    assert outbox.due(session, now=NOW + timedelta(days=1)) == []


def test_a_failed_attempt_waits_longer_each_time_and_ends(session):
    message, now, waits = put(session), NOW, []
    while message.state == "queued":
        deliver(session, message, fail, now=now)
        waits.append(message.next_attempt_at - now)
        now = message.next_attempt_at
    assert message.state == "failed"
    assert waits[:-1] == sorted(waits[:-1])
    assert message.attempts == outbox.MAX_ATTEMPTS


def test_an_unknown_outcome_stays_unknown(session):
    message = put(session)
    deliver(session, message, lose)
    assert message.state == "unknown"
    assert outbox.due(session, now=NOW + timedelta(days=30)) == []
