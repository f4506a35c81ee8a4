"""Where somebody is signed in, and that no stranger locks them out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import KnownBrowser, SignInSession
from reintegration.accounts.services import browsers, sign_in
from reintegration.accounts.views.browser_words import told
from reintegration.kernel import clock
from tests.factories.cast import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)


def enter(browser, email, password=PASSWORD, agent=FIREFOX, **more):
    typed = {"email": email, "password": password}
    return browser.post("/account/sign-in", data=typed, headers={"User-Agent": agent}, **more)


def test_no_stranger_locks_out_who_signed_in_here_before(app, cast, session):
    session.commit()
    ana, stranger = app.test_client(), app.test_client()
    enter(ana, cast.ana.email)
    ana.post("/account/sign-out")
    for _ in range(sign_in.PER_ADDRESS.tries + 1):
        enter(stranger, cast.ana.email, "wrong")
    assert enter(stranger, cast.ana.email).status_code == 429
    assert enter(ana, cast.ana.email).status_code == 302


def test_a_known_browser_has_a_count_of_its_own_that_ends_too(app, cast, session):
    session.commit()
    ana = app.test_client()
    enter(ana, cast.ana.email)
    ana.post("/account/sign-out")
    for _ in range(sign_in.PER_ACCOUNT.tries):
        assert enter(ana, cast.ana.email, "wrong").status_code == 422
    assert enter(ana, cast.ana.email).status_code == 429
    assert enter(app.test_client(), cast.ana.email).status_code == 302


def test_a_browser_that_others_know_counts_as_a_strangers(app, cast, session):
    session.commit()
    thief = app.test_client()
    enter(thief, cast.calin.email)
    for _ in range(sign_in.PER_ACCOUNT.tries):
        enter(thief, cast.ana.email, "wrong")
    assert enter(app.test_client(), cast.ana.email).status_code == 429


def test_a_network_full_of_wrong_passwords_stops_strangers_only(app, cast, session):
    session.commit()
    ana, stranger = app.test_client(), app.test_client()
    enter(ana, cast.ana.email)
    ana.post("/account/sign-out")
    for number in range(sign_in.PER_ADDRESS.tries):
        enter(stranger, f"nobody{number}@exemplu.example", "wrong")
    assert enter(stranger, cast.sergiu.email).status_code == 429
    assert enter(ana, cast.ana.email).status_code == 302


def test_one_sees_where_one_is_signed_in_and_ends_it_there(app, cast, session):
    session.commit()
    here, there = app.test_client(), app.test_client()
    enter(here, cast.ana.email)
    enter(there, cast.ana.email, agent=CHROME)
    page = here.get("/account/own?lang=en").text
    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    other = session.scalars(select(SignInSession).where(SignInSession.device == CHROME)).one()
    here.post(f"/account/own/sessions/{other.id}")
    assert there.get("/account/today").status_code == 302
    assert here.get("/account/today").status_code == 200


def test_one_ends_all_others_at_once_and_keeps_this_one(app, cast, sign_in):
    here, *others = (sign_in(cast.ana) for _ in range(3))
    here.post("/account/own/sessions")
    assert [one.get("/account/today").status_code for one in others] == [302, 302]
    assert here.get("/account/today").status_code == 200


def test_ending_this_one_leads_to_the_door(cast, sign_in, session):
    here = sign_in(cast.ana)
    [mine] = session.scalars(select(SignInSession.id)).all()
    assert here.post(f"/account/own/sessions/{mine}").location == "/account/sign-in"
    assert here.get("/account/today").status_code == 302


def test_nobody_ends_another_persons_session(cast, sign_in, session):
    ana, sergiu = sign_in(cast.ana), sign_in(cast.sergiu)
    hers = session.scalar(select(SignInSession.id).where(SignInSession.user_id == cast.ana.id))
    assert sergiu.post(f"/account/own/sessions/{hers}").status_code == 404
    assert ana.get("/account/today").status_code == 200
    assert "Sign out there" not in sergiu.get("/account/own?lang=en").text


def test_no_network_address_is_kept_of_a_session(app, cast, session):
    session.commit()
    enter(app.test_client(), cast.ana.email, environ_base={"REMOTE_ADDR": "203.0.113.77"})
    kept = session.execute(select(SignInSession.__table__)).one()
    assert "203.0.113.77" not in str(tuple(kept))


@pytest.mark.parametrize(
    ("agent", "said"), [(FIREFOX, "Firefox, Windows"), (CHROME, "Chrome, Android")]
)
def test_a_browser_is_called_by_its_name_and_system(app, agent, said):
    with app.test_request_context():
        assert told(agent) == said


def test_what_says_nothing_of_itself_is_another_program(app):
    with app.test_request_context("/?lang=en"):
        assert told("") == "Another program"


def test_browsers_that_nobody_uses_are_forgotten(app, cast, session):
    session.commit()
    enter(app.test_client(), cast.ana.email)
    later = clock.now() + browsers.KEPT_FOR
    assert browsers.forget_old(session, later - timedelta(minutes=1)) is None
    assert browsers.forget_old(session, later + timedelta(minutes=1)) == "1 browsers forgotten"
    assert session.scalar(select(KnownBrowser.user_id)) is None
