"""Messages from Stripe: only signed ones are kept, each once, and what is not ours is refused."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
import stripe
from sqlalchemy import select

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage, OutboxState, Outcome
from tests.factories.cast import NOW, actor
from vouchers.stripe_rail.channels import events as channel
from vouchers.stripe_rail.credential import LARGEST_BODY, WRONG_AT_MOST
from vouchers.stripe_rail.models import StripeAccount, StripeEvent
from vouchers.stripe_rail.services import events
from vouchers.stripe_rail.states import AccountState, EventProblem, EventState

OLD, NEW = "whsec_old", "whsec_new"
ADDRESS = "/stripe/events"


@pytest.fixture
def rail(app, monkeypatch):
    """The rail is set up with a test key and two living secrets; nothing answers as Stripe."""
    settings = app.extensions["settings"]
    on = replace(settings, stripe_api_key="sk_test_x", stripe_webhook_secrets=(OLD, NEW))
    monkeypatch.setitem(app.extensions, "settings", on)
    return on


def notice(kind="transfer.created", *, about="tr_1", account="", live=False, reference="evt_1"):
    """Return the bytes of a snapshot message, spelled as nobody else would spell them."""
    told = {
        "id": reference,
        "object": "event",
        "type": kind,
        "created": int(NOW.timestamp()),
        "livemode": live,
        "data": {"object": {"id": about, "amount": 1}},
    }
    return json.dumps(told | ({"account": account} if account else {}), indent=3).encode()


def signed(body, secret=NEW, *, ago=0):
    """Return the headers of a message that was signed so long ago."""
    moment = int(time.time()) - ago
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, moment)
    return {"Stripe-Signature": header, "Content-Type": "application/json"}


def sent(client, body, headers=None):
    """Send a message as Stripe does."""
    return client.post(ADDRESS, data=body, headers=signed(body) if headers is None else headers)


def kept(session):
    """Return the messages that were kept."""
    session.expire_all()
    return session.scalars(select(StripeEvent).order_by(StripeEvent.reference)).all()


def queued(session):
    """Return the outbox rows of messages that are to be worked off."""
    rows = select(OutboxMessage).where(OutboxMessage.channel == "stripe.event")
    return session.scalars(rows.order_by(OutboxMessage.next_attempt_at)).all()


def test_what_either_living_secret_signed_is_kept_and_left_to_the_outbox(session, client, rail):
    for reference, secret in (("evt_1", OLD), ("evt_2", NEW)):
        body = notice(reference=reference)
        assert sent(client, body, signed(body, secret)).status_code == 200
    first, second = kept(session)
    assert (first.state, first.kind, first.about) == (
        EventState.WAITING,
        "transfer.created",
        "tr_1",
    )
    assert len(queued(session)) == 2
    assert second.reference == "evt_2"


def test_what_is_not_signed_as_it_came_is_refused_in_words_and_not_kept(session, client, rail):
    body = notice()
    wrong = {
        "nothing": {},
        "old": signed(body, ago=6 * 60),
        "of nobody": signed(body, "whsec_other"),
        "of other bytes": signed(json.dumps(json.loads(body)).encode()),
        "nonsense": {"Stripe-Signature": "t=1,v1=é"},
    }
    for why, headers in wrong.items():
        answer = sent(client, body, headers)
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), why
        assert (
            "Nothing was kept"
            in client.post(f"{ADDRESS}?lang=en", data=body, headers=headers).json["detail"]
        )
    tampered = sent(client, body.replace(b"tr_1", b"tr_2"), signed(body))
    assert tampered.status_code == 400
    assert sent(client, b"\xff\xfe", signed(body)).status_code == 400
    assert kept(session) == []


def test_wrong_signatures_are_bounded_and_a_right_one_is_never_in_their_way(
    session, client, rail, monkeypatch
):
    monkeypatch.setattr(
        "vouchers.stripe_rail.credential.WRONG_AT_MOST", replace(WRONG_AT_MOST, tries=2)
    )
    body = notice()
    wrong = [sent(client, body, signed(body, "whsec_other")).status_code for _ in range(4)]
    assert wrong == [400, 400, 429, 429]
    assert sent(client, body).status_code == 200


def test_what_is_signed_and_no_message_or_too_large_is_not_kept(session, client, rail):
    for body in (b"", b"not json", b"[]", b'{"id": 1}', b"null"):
        assert sent(client, body).status_code == 400, body
    assert sent(client, b" " * (LARGEST_BODY + 1)).status_code == 413
    balance = notice("balance.available").replace(b'"id": "tr_1"', b'"object": "balance"')
    assert sent(client, balance).status_code == 200
    assert [event.about for event in kept(session)] == [""]


def test_where_nothing_is_set_up_nothing_stands_there(client, session):
    body = notice()
    assert sent(client, body).status_code == 404
    assert client.get(ADDRESS).status_code == 405


def test_one_that_comes_twice_at_once_is_kept_once(app, session, rail, committed_db):
    body, answers = notice(), []
    threads = [
        Thread(target=lambda: answers.append(sent(app.test_client(), body).status_code))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [200, 200]
    assert sent(app.test_client(), body).status_code == 200
    assert (len(kept(session)), len(queued(session))) == (1, 1)


def test_it_is_answered_without_the_network_and_without_a_form_token(
    app, session, client, rail, monkeypatch
):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("called the network"))
    assert sent(client, notice()).status_code == 200


def test_messages_of_the_other_mode_and_of_foreign_accounts_are_kept_as_refused(
    app, session, client, rail, monkeypatch
):
    sent(client, notice(live=True, reference="evt_1"))
    sent(client, notice("payout.paid", about="po_1", account="acct_foreign", reference="evt_2"))
    live = replace(rail, stripe_api_key="rk_live_x")
    monkeypatch.setitem(app.extensions, "settings", live)
    sent(client, notice(live=False, reference="evt_3"))
    refused = [(event.state, event.problem) for event in kept(session)]
    problems = (EventProblem.LIVE_MODE, EventProblem.UNKNOWN_ACCOUNT, EventProblem.TEST_MODE)
    assert refused == [(EventState.REFUSED, str(problem)) for problem in problems]
    assert queued(session) == []


@pytest.fixture
def known_kind(monkeypatch):
    """Transfers are looked up in a table instead of at Stripe; what is applied is noted."""
    noted = []

    def apply(_session, found, _now):
        if found == "foreign":
            raise outbox.Refused("other_than_ordered")
        noted.append(found)

    kind = channel.Kind("transfer.", lambda _stripe, message: message.payload["about"], apply)
    monkeypatch.setattr(channel, "KINDS", (kind,))
    monkeypatch.setattr(channel.door, "stripe", object)
    return noted


def work_off(session, *, now=NOW):
    """Do what the outbox does with each message that is queued."""
    for message in queued(session):
        if message.state is OutboxState.QUEUED:
            message.state, message.attempts = OutboxState.SENDING, message.attempts + 1
            session.flush()
            outcome = outbox.attempt(channel.CHANNEL, message)
            outbox.settle(session, channel.CHANNEL, message, outcome, now=now)
            session.commit()


def told(session, client, *bodies):
    """Let messages come in this order and be worked off."""
    for body in bodies:
        assert sent(client, body).status_code == 200
    session.expire_all()
    work_off(session)
    return {event.reference: event for event in kept(session)}


def test_what_a_message_is_about_is_looked_up_and_applied_in_whatever_order(
    session, client, rail, known_kind
):
    found = told(
        session,
        client,
        notice("transfer.reversed", reference="evt_2"),
        notice("transfer.created", reference="evt_1"),
        notice("charge.refunded", about="ch_1", reference="evt_3"),
    )
    assert known_kind == ["tr_1", "tr_1"]
    assert {event.state for event in found.values()} == {EventState.DONE}


def test_what_does_not_fit_ours_is_refused_and_told_to_finance_who_has_it_tried_again(
    session, client, cast, sign_in, rail, known_kind
):
    event = told(session, client, notice(about="foreign"))["evt_1"]
    assert (event.state, event.problem) == (EventState.REFUSED, "other_than_ordered")
    petru = sign_in(cast.petru)
    assert "Messages from Stripe that were refused" in petru.get("/account/today?lang=en").text
    page = petru.get("/stripe/messages/?lang=en").text
    assert "Nothing was settled" in " ".join(page.split())
    assert petru.post(f"/stripe/messages/{event.id}/again").location == "/stripe/messages/"
    session.refresh(event)
    assert event.state is EventState.WAITING
    assert len(queued(session)) == 2
    tried = select(AuditEvent).where(AuditEvent.action == "stripe_event:try_again")
    assert session.scalars(tried).one().actor_id == cast.petru.id
    with pytest.raises(Conflict):
        events.try_again(session, event, actor=actor(session, cast.petru), now=NOW)
    with pytest.raises(NotPermitted):
        events.try_again(session, event, actor=actor(session, cast.alina), now=NOW)


def test_when_stripe_cannot_be_asked_it_is_tried_again_and_then_told(
    session, client, rail, known_kind, monkeypatch
):
    def silent(_stripe, _message):
        raise outbox.OutcomeUnknown("timed out")

    monkeypatch.setattr(channel, "KINDS", (channel.Kind("transfer.", silent, lambda *_: None),))
    event = told(session, client, notice())["evt_1"]
    (message,) = queued(session)
    assert (event.state, message.state) == (EventState.WAITING, OutboxState.QUEUED)
    message.attempts = outbox.MAX_ATTEMPTS - 1
    work_off(session)
    (event,) = kept(session)
    assert event.problem == EventProblem.NO_ANSWER
    assert channel.CHANNEL.find_out(message, NOW) == Outcome(OutboxState.QUEUED, message.error)


def test_a_message_about_an_account_that_is_being_opened_waits_until_it_is_known(
    session, client, cast, rail, known_kind
):
    account = StripeAccount(
        id=new_id(),
        provider_id=cast.provider.id,
        idempotency_key="k",
        country="RO",
        state=AccountState.OPENING,
        opened_at=NOW,
    )
    session.add(account)
    event = told(session, client, notice("payout.paid", about="po_1", account="acct_1"))["evt_1"]
    (later,) = (one for one in queued(session) if one.idempotency_key.endswith(":1"))
    assert (event.state, later.next_attempt_at - NOW) == (EventState.WAITING, timedelta(minutes=5))
    account.reference, account.state = "acct_1", AccountState.OPEN
    session.flush()
    work_off(session)
    assert kept(session)[0].state is EventState.DONE


def test_only_what_stripe_signed_speaks_here(session, client, rail):
    with pytest.raises(NotPermitted):
        events.received(session, None, live=False, actor=SYSTEM, now=NOW)
