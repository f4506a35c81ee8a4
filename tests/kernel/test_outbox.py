"""A message is claimed, sent and settled; what nobody knows is not sent again by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel import outbox
from reintegration.kernel.errors import NotFound
from reintegration.kernel.outbox import Channel, OutboxMessage, OutcomeUnknown
from tests.factories.cast import NOW


@pytest.fixture(autouse=True)
def message(session):
    put(session)


def put(session, key="k"):
    outbox.put(session, channel="test", key=key, payload={"to": "x@demo.example"}, now=NOW)
    session.commit()


def stored(session):
    session.expire_all()
    return session.scalars(select(OutboxMessage)).one()


def channel(send, *, harmless=False, received=None):
    return Channel("test", send, harmless, lambda _message: received)


def deliver(session, send, now=NOW):
    claimed = outbox.claim(session, now=now)
    session.commit()
    if claimed is not None:
        outbox.settle(session, claimed, outbox.attempt(channel(send), claimed), now=now)
        session.commit()


def fail(_message):
    raise ConnectionRefusedError("closed")


def lose(_message):
    raise OutcomeUnknown("the line went dead after sending")


def test_the_same_key_is_queued_once(session):
    put(session)
    assert stored(session).idempotency_key == "k"


def test_a_sent_message_is_not_sent_again(session):
    sent = []
    deliver(session, sent.append)
    deliver(session, sent.append)
    assert (stored(session).state, len(sent)) == ("sent", 1)


def test_a_claimed_message_is_nobody_elses(session):
    assert outbox.claim(session, now=NOW) is not None
    session.commit()
    assert outbox.claim(session, now=NOW + timedelta(minutes=1)) is None


def test_nothing_is_held_or_read_while_it_is_sent(session):
    held = []

    def send(claimed):
        assert claimed.payload["to"]
        held.append(session.in_transaction())

    deliver(session, send)
    assert held == [False]


def test_a_failed_attempt_waits_longer_each_time_and_ends(session):
    now, waits = NOW, []
    while stored(session).state == "queued":
        deliver(session, fail, now=now)
        waits.append(stored(session).next_attempt_at - now)
        now = stored(session).next_attempt_at
    assert stored(session).state == "failed"
    assert waits[:-1] == sorted(waits[:-1])
    assert stored(session).attempts == outbox.MAX_ATTEMPTS


def test_an_unknown_outcome_stays_unknown(session):
    deliver(session, lose)
    assert stored(session).state == "unknown"
    assert outbox.claim(session, now=NOW + timedelta(days=30)) is None


def test_a_sender_that_does_not_come_back_leaves_unknown(session):
    outbox.claim(session, now=NOW)
    session.commit()
    assert outbox.give_up_silent(session, now=NOW + timedelta(minutes=4)) == 0
    assert outbox.give_up_silent(session, now=NOW + timedelta(minutes=6)) == 1
    session.commit()
    assert stored(session).state == "unknown"


def test_a_sender_that_comes_back_late_knows_better(session):
    claimed = outbox.claim(session, now=NOW)
    outbox.give_up_silent(session, now=NOW + timedelta(minutes=6))
    outcome = outbox.attempt(channel([].append), claimed)
    outbox.settle(session, claimed, outcome, now=NOW + timedelta(minutes=7))
    session.commit()
    assert stored(session).state == "sent"


@pytest.mark.parametrize(
    ("harmless", "received", "state"),
    [(True, None, "queued"), (False, True, "sent"), (False, False, "queued"), (False, None, None)],
)
def test_a_channel_says_how_unknown_is_settled(session, harmless, received, state):
    found = outbox.found_out(channel(fail, harmless=harmless, received=received), stored(session))
    assert (found.state if found else None) == state


def test_a_person_sends_again_under_the_same_key(session):
    deliver(session, lose)
    outbox.send_again(session, stored(session).id, now=NOW)
    sent = []
    deliver(session, sent.append)
    assert [one.idempotency_key for one in sent] == ["k"]
    assert stored(session).state == "sent"


def test_a_person_takes_it_as_sent(session):
    deliver(session, lose)
    outbox.take_as_sent(session, stored(session).id, now=NOW)
    assert stored(session).state == "sent"


def test_nobody_decides_on_what_is_under_way(session):
    with pytest.raises(NotFound):
        outbox.send_again(session, stored(session).id, now=NOW)
