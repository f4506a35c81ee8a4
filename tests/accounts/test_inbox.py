"""The inbox: by case and kind, what says the same once, read and new again, each one's own."""

from datetime import timedelta

import pytest

from reintegration.accounts.models import InboxMessage
from reintegration.accounts.services import inbox
from tests.factories.casework import make_casework
from tests.factories.cast import NOW

SUSPENDED = "A service of %(provider)s is suspended. See what is needed now."
DUE = "A step of %(case)s is due on %(day)s."


@pytest.fixture(autouse=True)
def in_english(session, cast):
    for person in (cast.ana, cast.calin, cast.radu):
        person.locale = "en"
    session.commit()


@pytest.fixture
def told(session, cast):
    """Ana is told thrice of one service, and of a step of a case; Călin of another."""
    case = make_casework(session, cast).case
    for hours in range(3):
        inbox.notify(
            session,
            [cast.ana.id],
            f"s{hours}",
            SUSPENDED,
            provider="Casa",
            now=NOW + timedelta(hours=hours),
            link="/referrals/",
        )
    inbox.notify(
        session,
        [cast.ana.id, cast.calin.id],
        "m",
        DUE,
        case=case.code,
        day="01.12.2026",
        now=NOW,
        link=f"/cases/{case.id}/plan",
    )
    session.commit()
    return case


def read(session, who):
    session.rollback()
    rows = session.query(InboxMessage).filter_by(user_id=who.id)
    return sorted((one.key, one.read_at is not None) for one in rows)


def test_messages_stand_under_their_case_and_what_says_the_same_stands_once(cast, told, sign_in):
    page = sign_in(cast.ana).get("/account/inbox").text
    assert page.count("A service of Casa is suspended.") == 1
    assert "3 times" in page
    assert f'<h2><a href="/cases/{told.id}">{told.code}</a></h2>' in page
    assert '<h2><a href="/referrals/">' in page


def test_read_is_read_for_all_that_says_the_same_and_can_be_taken_back(
    session, cast, told, sign_in
):
    ana = sign_in(cast.ana)
    one = session.query(InboxMessage).filter_by(user_id=cast.ana.id, key="s1").one()
    address = f"/account/inbox/{one.id}"
    assert ana.post(f"{address}/read").status_code == 302
    assert read(session, cast.ana) == [("m", False), ("s0", True), ("s1", True), ("s2", True)]
    assert "is suspended" not in ana.get("/account/inbox").text
    assert "is suspended" in ana.get("/account/inbox?show=all").text
    assert ana.post(f"{address}/unread").status_code == 302
    assert {is_read for _key, is_read in read(session, cast.ana)} == {False}


def test_nobody_reads_for_another(session, cast, told, sign_in):
    one = session.query(InboxMessage).filter_by(user_id=cast.ana.id, key="m").one()
    assert sign_in(cast.calin).post(f"/account/inbox/{one.id}/read").status_code == 404
    assert ("m", False) in read(session, cast.ana)
    sign_in(cast.ana).post("/account/inbox")
    assert read(session, cast.calin) == [("m", False)]


def test_an_empty_inbox_says_what_arrives_and_leads_to_what_was_read(cast, sign_in):
    page = sign_in(cast.radu).get("/account/inbox").text
    assert "Nothing new" in page
    assert "show=all" in page


def test_a_long_inbox_has_pages(session, cast, sign_in):
    for number in range(60):
        inbox.notify(session, [cast.ana.id], f"k{number}", DUE, case=f"C{number}", day="x", now=NOW)
    session.commit()
    ana = sign_in(cast.ana)
    first = ana.get("/account/inbox").text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert first.count(">Mark as read<") + ana.get(older).text.count(">Mark as read<") == 60
