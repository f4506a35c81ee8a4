"""A token of a program ends by its date, and its manager hears of it before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.accounts.services import tokens
from reintegration.kernel.errors import Invalid
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import make_token

DAY = timedelta(days=1)
ENDED = "ended on %(day)s: the program records nothing more."


def told(session, user):
    rows = (
        select(InboxMessage).where(InboxMessage.user_id == user.id).order_by(InboxMessage.sent_at)
    )
    return [one for one in session.scalars(rows) if "token" in one.message]


def make(session, cast, **changes):
    maria = actor(session, cast.maria)
    return tokens.create_token(
        session, actor=maria, organisation_id=cast.provider.id, label="Casa", now=NOW, **changes
    )


def test_a_token_ends_after_a_year_at_the_latest(session, cast):
    token, _secret = make(session, cast)
    assert token.expires_on == TODAY + timedelta(days=365)
    for day in (TODAY + timedelta(days=366), TODAY - DAY):
        with pytest.raises(Invalid, check=lambda refused: refused.field == "expires_on"):
            make(session, cast, expires_on=day)


def test_it_opens_through_its_last_day_and_nothing_after(session, cast):
    token, secret = make_token(session, cast.provider.id)
    token.expires_on = TODAY
    session.commit()
    assert tokens.speak_by_token(session, secret) is not None
    session.rollback()
    token.expires_on = TODAY - DAY
    session.commit()
    assert tokens.speak_by_token(session, secret) is None


def test_its_manager_is_told_a_month_and_a_week_before_and_at_the_end(session, cast):
    token, _secret = make_token(session, cast.provider.id)
    token.expires_on = TODAY + timedelta(days=40)
    session.flush()
    for days in range(45):
        tokens.warn_ahead(session, now=NOW + days * DAY)
    messages = told(session, cast.maria)
    assert [one.sent_at for one in messages] == [NOW + days * DAY for days in (10, 33, 41)]
    assert ENDED in messages[-1].message
    assert {one.link for one in messages} == {"/redeem/tokens"}
    assert told(session, cast.otilia) == []


def test_nobody_is_told_of_a_token_that_was_revoked(session, cast):
    token, _secret = make_token(session, cast.provider.id)
    token.expires_on, token.revoked_at = TODAY + DAY, NOW
    session.flush()
    assert tokens.warn_ahead(session, now=NOW) == 0


def test_the_page_shows_when_each_token_ends(session, cast, sign_in):
    token, _secret = make_token(session, cast.provider.id)
    token.expires_on = TODAY - DAY
    session.commit()
    page = sign_in(cast.maria).get("/redeem/tokens?lang=en").text
    assert "ended" in page
    assert "A token has a last day. You are told before it comes." in page
