"""A message is claimed, sent and settled; what nobody knows is not sent again by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel import outbox
from reintegration.kernel.errors import NotFound
from reintegration.kernel.lanes import Lane
from reintegration.kernel.outbox import (
    Channel,
    OutboxMessage,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Refused,
    TryLater,
)
from tests.factories.cast import NOW


@pytest.fixture(autouse=True)
def message(session, monkeypatch):
    monkeypatch.setitem(outbox._channels, "test", channel(lose))
    put(session)


def put(session, key="k"):
    outbox.put(session, channel="test", key=key, payload={"to": "x@demo.example"}, now=NOW)
    session.commit()


def stored(session):
    session.expire_all()
    return session.scalars(select(OutboxMessage)).one()


def channel(send, **answers):
    return Channel("test", send, **answers)


def deliver(session, send, now=NOW, **answers):
    claimed = outbox.claim(session, now=now)
    session.commit()
    if claimed is not None:
        way = channel(send, **answers)
        outbox.settle(session, way, claimed, outbox.attempt(way, claimed), now=now)
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


def test_a_lane_claims_and_gives_up_the_messages_of_its_own_channels_only(session, monkeypatch):
    ends = Channel("ends", lose, lane=Lane.PAYMENTS)
    monkeypatch.setitem(outbox._channels, ends.name, ends)
    outbox.put(session, channel=ends.name, key="p", payload={}, now=NOW - timedelta(hours=1))
    mail, payment = (
        outbox.claim(session, now=NOW, lane=one) for one in (Lane.OUTBOX, Lane.PAYMENTS)
    )
    assert (mail.channel, payment.channel) == ("test", "ends")
    later = NOW + timedelta(minutes=6)
    assert [outbox.give_up_silent(session, now=later, lane=one) for one in Lane] == [0, 1, 1, 0]


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
    outbox.settle(session, channel([].append), claimed, outcome, now=NOW + timedelta(minutes=7))
    session.commit()
    assert stored(session).state == "sent"


def test_a_channel_says_how_unknown_is_settled_or_that_it_stays(session):
    deliver(session, lose)
    found = channel(fail, find_out=lambda _message, _now: Outcome(OutboxState.SENT, answer="it"))
    assert outbox.find_out(found, stored(session), now=NOW).answer == "it"
    assert outbox.find_out(channel(fail), stored(session), now=NOW) is None
    silent = channel(fail, find_out=lambda message, _now: fail(message))
    assert outbox.find_out(silent, stored(session), now=NOW) is None


def test_what_the_receiver_refuses_is_not_sent_again(session):
    def refuse(_message):
        raise Refused("closed", "This account is closed.")

    deliver(session, refuse)
    assert (stored(session).state, stored(session).attempts) == ("failed", 1)


def test_a_receiver_that_asks_for_time_gets_it_and_is_never_given_up(session):
    def busy(_message):
        raise TryLater("busy", after=timedelta(seconds=7))

    now = NOW
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        deliver(session, busy, now=now)
        now = stored(session).next_attempt_at
    assert stored(session).state == "queued"
    assert now == NOW + (outbox.MAX_ATTEMPTS + 2) * timedelta(seconds=7)


def test_what_follows_an_answer_is_done_once_with_what_was_answered(session):
    followed = []

    def note(_session, message, outcome, _now):
        followed.append((message.idempotency_key, outcome.state, outcome.answer))

    deliver(session, lambda _message: "tr_1", came_of=note)
    late = outbox.attempt(channel(fail), stored(session))
    outbox.settle(session, channel(fail, came_of=note), stored(session), late, now=NOW)
    assert followed == [("k", "sent", "tr_1")]


def test_no_person_decides_where_the_channel_always_does(session):
    deliver(session, lose)
    assert session.scalars(outbox.undecided()).all() == [stored(session)]
    outbox.register(channel(fail, people_decide=False))
    assert session.scalars(outbox.undecided()).all() == []
    outbox.register(channel(fail))


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
