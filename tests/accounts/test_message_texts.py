"""What the mails say is set by an institution, within what no such mail may say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.referrals.services.messages import NEW_REQUEST
from reintegration.accounts.services import letters
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, acting_as_system
from reintegration.kernel.errors import Invalid
from reintegration.kernel.message_texts import TEXTS, in_three, outgoing
from reintegration.kernel.outbox import OutboxMessage
from reintegration.rulebook.services import deciding
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.factors import letters_to
from tests.factories.rules import set_rule
from tests.providers.makers import sent

NEW_WORDS = replace(
    letters.INVITATION.at_first, body=in_three("Intrați: {url}", "Войдите: {url}", "Enter: {url}")
)
TOMORROW = TODAY + timedelta(days=1)


def propose(session, cast, entry="invitation", **changes):
    return deciding.propose(
        session,
        TEXTS,
        actor=actor(session, cast.dan),
        value=replace(outgoing()[entry].at_first, **changes),
        first_day=TOMORROW,
        reason="Mai pe înțelesul tuturor",
        entry=entry,
        now=NOW,
    )


def refused(session, cast, text, part="body"):
    """Return what is said of a Russian text, and beside which field."""
    value = {**getattr(letters.INVITATION.at_first, part), "ru": text}
    with pytest.raises(Invalid) as problem:
        propose(session, cast, **{part: value})
    return str(problem.value), problem.value.field


def test_the_texts_that_come_with_punte_are_such_as_may_be_set(app):
    for code, one in outgoing().items():
        TEXTS.check(one.at_first, "value", code)
    assert len(outgoing()) == 6


def test_a_mail_of_the_next_day_says_the_new_words(session, cast):
    version = set_rule(session, cast, TEXTS, NEW_WORDS, entry="invitation", since=TOMORROW)
    for day, key in ((NOW, "a"), (NOW + timedelta(days=1), "b")):
        letters.write(session, cast.ana, letters.INVITATION, key=key, url="https://x/1", now=day)
    with acting_as_system(session):
        first, second = letters_to(session, cast.ana.email)
        kept = session.scalars(select(OutboxMessage.text_version).order_by(OutboxMessage.queued_at))
        assert list(kept) == [None, version.id]
    assert first.startswith("Aveți un cont nou")
    assert second == "Intrați: https://x/1\n"


def test_a_mail_to_an_office_says_the_words_of_the_day_in_all_three(session, cast):
    words = replace(NEW_REQUEST.at_first, body=in_three("Unu", "Два", "Three"))
    set_rule(session, cast, TEXTS, words, entry="request_new", since=TODAY)
    cast.provider.email = "contact@exemplu.example"
    sent(session, cast, make_casework(session, cast))
    act_as(session, SYSTEM)
    mail = session.scalars(select(OutboxMessage)).one()
    assert (mail.text_code, mail.payload["text"]) == ("request_new", "Unu\nДва\nThree\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Войдите", "needs {url}"),
        ("Войдите: {url}, {name}", "put in for {name}"),
        ("Войдите: {url!r} {url}", "put in for {url!r}"),
        ("Войдите: {url} {", "bracket stands alone"),
        ("Войдите: {url} в программу против торговли людьми", "«торговли»|“торговли”"),
        ("Войдите в Punte: {url}", "“punte”"),
        ("<a href='{url}'>Войдите</a> {url}", "plain text"),
    ],
)
def test_a_text_that_no_mail_may_have_is_refused_where_it_stands(session, cast, text, says):
    message, field = refused(session, cast, text)
    assert any(one in message for one in says.split("|"))
    assert field == "value_body_ru"


@pytest.mark.parametrize("text", ["Доступ {url}", "Доступ\nBcc: x@demo.example", "Жертвам"])
def test_a_subject_is_one_neutral_line_without_a_link(session, cast, text):
    assert refused(session, cast, text, "subject")[1] == "value_subject_ru"


def test_the_preview_counts_such_mails_of_the_last_90_days(session, cast):
    for days, letter in ((1, letters.INVITATION), (100, letters.INVITATION), (1, letters.RESET)):
        at, key = NOW - timedelta(days=days), f"{days}{letter.code}"
        letters.write(session, cast.ana, letter, key=key, url="https://x/1", now=at)
    version = propose(session, cast, body=NEW_WORDS.body)
    (lately,) = deciding.consequences(session, TEXTS, version)
    assert lately.count == 1


def test_whoever_approves_reads_the_text_filled_in_three_languages(session, cast, sign_in):
    version = propose(session, cast, body=NEW_WORDS.body)
    session.commit()
    page = sign_in(cast.sergiu).get(f"/rules/proposals/{version.id}").text
    for said in ("Intrați: https://", "Войдите: https://", "Enter: https://"):
        assert said in page
