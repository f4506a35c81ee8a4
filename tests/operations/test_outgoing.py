"""Messages of which nobody knows: an administrator decides, and reads nothing of what they say."""

import ast
import re

import pytest
from sqlalchemy import select

from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import NotFound, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from reintegration.operations import outgoing
from reintegration.operations.outgoing import Decision
from tests.factories.cast import NOW, actor
from tests.house import source

SECRET = "casa.alba@demo.example"


@pytest.fixture
def lost(session, cast):
    message = OutboxMessage(
        id=new_id(),
        idempotency_key=f"referral:{new_id()}:sent",
        channel="email",
        payload={"to": SECRET, "subject": SECRET, "text": SECRET},
        state=OutboxState.UNKNOWN,
        attempts=3,
        queued_at=NOW,
        next_attempt_at=NOW,
        settled_at=NOW,
        error=f"SMTPRecipientsRefused: {SECRET}",
    )
    session.add(message)
    session.flush()
    return message


def test_the_page_says_what_is_known_and_never_what_the_message_says(cast, sign_in, lost):
    dan = sign_in(cast.dan)
    page = dan.get("/outgoing/?lang=en").text
    refused = "The mail server does not take mail for that address."
    for known in ("A request to a provider", "E-mail", refused, "May have left", str(lost.id)):
        assert known in page
    assert SECRET not in page
    assert "Messages that may not have arrived" in dan.get("/account/today?lang=en").text


@pytest.mark.parametrize(
    ("way", "state", "act"),
    [("sent", "sent", "outbox:take_as_sent"), ("again", "queued", "outbox:send_again")],
)
def test_an_administrator_decides_and_it_stands_in_the_trail(
    cast, sign_in, session, lost, way, state, act
):
    dan = sign_in(cast.dan)
    assert dan.post(f"/outgoing/{lost.id}/{way}").location == "/outgoing/"
    session.refresh(lost)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == act)).one()
    assert (lost.state, event.actor_id, event.subject_id) == (state, cast.dan.id, lost.id)
    assert dan.post(f"/outgoing/{lost.id}/{way}").status_code == 404


def test_only_who_may_decides_and_only_once(cast, session, lost):
    decided = {"now": NOW, "actor": actor(session, cast.dan)}
    with pytest.raises(NotPermitted):
        outgoing.decide(session, lost.id, Decision.SENT, actor=actor(session, cast.sergiu), now=NOW)
    outgoing.decide(session, lost.id, Decision.SENT, **decided)
    with pytest.raises(NotFound):
        outgoing.decide(session, lost.id, Decision.AGAIN, **decided)


def test_the_command_lists_what_is_known_and_never_what_the_message_says(
    app, session, committed_db, lost
):
    session.commit()
    listed = app.test_cli_runner().invoke(args=["outbox", "list"]).output
    for known in (str(lost.id), "unknown", "email", "SMTPRecipientsRefused"):
        assert known in listed
    assert SECRET not in listed


def test_the_command_decides_by_the_same_service(app, session, committed_db, lost):
    session.commit()
    command = app.test_cli_runner().invoke
    assert "referral" not in command(args=["outbox", "list"]).output
    assert command(args=["outbox", "settle", str(lost.id), "--sent"]).output == "taken as sent\n"
    assert command(args=["outbox", "settle", str(lost.id), "--again"]).exit_code == 1


def subjects_of_mail():
    """Return the first words of the keys in each function that puts a mail into the outbox."""
    functions = [ast.unparse(one) for one in source.each(ast.FunctionDef)]
    mailing = [text for text in functions if "outbox.mail(" in text]
    return {word for text in mailing for word in re.findall(r"f'(\w+):\{", text)}


def test_whatever_leaves_by_mail_has_words_for_what_it_is_about(app):
    said = {word: OutboxMessage(idempotency_key=f"{word}:1").about for word in subjects_of_mail()}
    assert set(said) >= {"referral", "payee"}
    assert not [word for word, words in said.items() if words == word]
