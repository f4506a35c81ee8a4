"""Signing in, and what ends a session."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Organisation, SignInSession
from reintegration.accounts.services import sign_in, users
from reintegration.kernel import clock, crypto
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.ids import new_id
from tests.factories.cast import PASSWORD, make_person
from tests.travel import travel

COOKIE = "punte-session"


def post_sign_in(client, email, password=PASSWORD, next_=""):
    return client.post(
        "/account/sign-in", data={"email": email, "password": password, "next": next_}
    )


def token_of(client):
    found = client.get_cookie(COOKIE)
    return found.value if found else None


def opens(app, token, path="/account/today"):
    other = app.test_client()
    other.set_cookie(COOKIE, token)
    return other.get(path).status_code == 200


def test_a_right_password_opens_the_page_that_was_asked_for(client, cast):
    answer = client.get("/account/inbox")
    assert answer.location == "/account/sign-in?next=/account/inbox"
    answer = post_sign_in(client, "ANA@demo.example ", next_="/account/inbox")
    assert answer.location == "/account/inbox"
    assert client.get("/account/inbox").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_sign_in_leads_nowhere_else(client, cast, target):
    assert post_sign_in(client, "ana@demo.example", next_=target).location == "/"


def test_nobody_learns_whether_an_account_exists(client, cast):
    wrong = post_sign_in(client, "ana@demo.example", "not the password")
    unknown = post_sign_in(client, "nobody@demo.example", "not the password")

    def bare(answer, email):
        text = answer.get_data(as_text=True).replace(email, "")
        return re.sub(r'(nonce|value|passkey-asked)="[^"]*"', "", text)

    assert wrong.status_code == unknown.status_code == 422
    assert bare(wrong, "ana@demo.example") == bare(unknown, "nobody@demo.example")


def test_tries_are_counted_although_each_request_rolls_back(client, cast, session):
    answers = [
        post_sign_in(client, "ana@demo.example", "wrong wrong").status_code for _ in range(9)
    ]
    assert answers == [422] * 8 + [429]
    assert post_sign_in(client, "ana@demo.example").status_code == 429
    refused = select(func.count()).where(AuditEvent.action == "session:refuse")
    assert session.scalar(refused) == 8


def test_right_passwords_never_lock_out_those_behind_the_same_address(app, cast, session):
    session.commit()
    for _ in range(sign_in.PER_ADDRESS.tries + 2):
        assert post_sign_in(app.test_client(), cast.ana.email).status_code == 302


def test_a_right_password_gives_back_its_own_try_and_no_wrong_one(app, cast, session):
    session.commit()
    for number in range(sign_in.PER_ADDRESS.tries - 1):
        post_sign_in(app.test_client(), f"nobody{number}@exemplu.example")
    assert post_sign_in(app.test_client(), cast.ana.email).status_code == 302
    post_sign_in(app.test_client(), "another@exemplu.example")
    assert post_sign_in(app.test_client(), cast.ana.email).status_code == 429


def test_signing_in_gives_a_fresh_session_and_keeps_only_its_hash(client, cast, session):
    client.set_cookie(COOKIE, "chosen-by-somebody-else")
    post_sign_in(client, "ana@demo.example")
    token = token_of(client)
    assert token
    assert token != "chosen-by-somebody-else"
    assert session.scalars(select(SignInSession.hash)).all() == [crypto.token_hash(token)]


def test_a_session_is_dead_after_signing_out(app, client, cast):
    post_sign_in(client, "ana@demo.example")
    token = token_of(client)
    assert opens(app, token)
    assert client.post("/account/sign-out").location == "/account/sign-in"
    assert not opens(app, token)


def test_quick_exit_ends_the_session_and_leads_away(app, client, cast):
    post_sign_in(client, "ana@demo.example")
    token = token_of(client)
    page = client.post("/account/sign-out", data={"leave": "1"}).get_data(as_text=True)
    assert 'http-equiv="refresh"' in page
    assert not opens(app, token)


@pytest.mark.parametrize(
    ("steps", "alive"), [([14] * 8, True), ([14, 16], False), ([14] * 34, True), ([14] * 35, False)]
)
def test_fifteen_idle_minutes_or_eight_hours_end_a_session(client, cast, steps, alive):
    with travel(clock.now(), tick=False) as traveller:
        post_sign_in(client, "ana@demo.example")
        for minutes in steps:
            traveller.shift(timedelta(minutes=minutes))
            status = client.get("/account/today").status_code
        assert (status == 200) == alive


def disable(session, user):
    users.close(session, user, actor=SYSTEM, now=clock.now())


def new_roles(session, user):
    users.set_roles(session, user, actor=SYSTEM, roles=[Role.SUPERVISOR], now=clock.now())


def new_password(session, user):
    users.take_password(session, user, "other quiet rivers", now=clock.now())


def closed_organisation(session, user):
    other = Organisation(id=new_id(), name="Altă echipă", kind="programme", created_at=clock.now())
    session.add(other)
    session.flush()
    session.add(make_person("doina", other, "Doina Lupan", Role.ADMINISTRATOR))
    session.add(make_person("liviu", other, "Liviu Rusu", Role.FINANCE_APPROVER))
    session.flush()
    user.organisation.active = False


@pytest.mark.parametrize("event", [disable, new_roles, new_password, closed_organisation])
def test_what_changes_a_persons_rights_ends_their_sessions(app, client, cast, session, event):
    post_sign_in(client, "ana@demo.example")
    token = token_of(client)
    event(session, cast.ana)
    session.commit()
    assert not opens(app, token)


def test_nothing_else_opens_or_is_done_before_it_is_changed(client, cast, session):
    cast.dan.must_change_password = True
    post_sign_in(client, cast.dan.email)
    for address in ("/", "/account/today", "/account/own", "/account/users"):
        assert client.get(address).location == "/account/password", address
    refused = client.post(f"/account/users/{cast.ana.id}/closed")
    assert refused.location == "/account/password"
    session.refresh(cast.ana)
    assert cast.ana.disabled_at is None
    assert client.post("/locale", data={"locale": "ru"}).status_code == 302
    assert client.get("/account/password").status_code == 200
    typed = {"current": PASSWORD, "new": "four calm green hills"}
    assert client.post("/account/password", data=typed).location == "/"
    assert client.get("/account/today").status_code == 200


def test_who_must_change_the_password_may_leave(client, cast):
    cast.ana.must_change_password = True
    post_sign_in(client, cast.ana.email)
    assert client.post("/account/sign-out").location == "/account/sign-in"


def test_changing_the_password_keeps_this_device_and_ends_the_others(app, cast, sign_in):
    here, there = sign_in(cast.ana), sign_in(cast.ana)
    old = token_of(here)
    answer = here.post(
        "/account/password", data={"current": PASSWORD, "new": "four calm green hills"}
    )
    assert answer.status_code == 302
    assert here.get("/account/today").status_code == 200
    assert not opens(app, token_of(there))
    assert not opens(app, old)


@pytest.mark.parametrize(
    ("new", "what_to_do"),
    [
        ("short", "12 to 128 characters"),
        ("eleven char", "12 to 128 characters"),
        ("x" * 200, "Field cannot be longer"),
        ("aaaaaaaaaaaaaaaa", "repeats the same few characters"),
        ("abcabcabcabcabcabc", "repeats the same few characters"),
        ("parola123456", "Choose words that do not go together"),
        ("qwertyuiop[]", "follows the keys of the keyboard"),
        ("abcdefghijklm", "characters in a row"),
        ("correcthorse", "Choose words that do not go together"),
        ("ana-lungu-ana", "made of your name"),
        ("Echipa Ungheni!", "made of your name"),
        ("demo.example.ana", "made of your name"),
        ("servicii-servicii", "made of your name"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason(cast, sign_in, new, what_to_do):
    answer = sign_in(cast.ana).post(
        "/account/password?lang=en", data={"current": PASSWORD, "new": new}
    )
    assert answer.status_code == 422
    assert what_to_do in re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize(
    "new", ["four calm green hills", "дом на берегу реки", "x" * 3 + "9kd!pq-7Gh2"]
)
def test_a_password_that_is_hard_to_guess_is_taken_whatever_it_is_made_of(cast, sign_in, new):
    answer = sign_in(cast.ana).post("/account/password", data={"current": PASSWORD, "new": new})
    assert answer.status_code == 302


def test_a_post_without_a_token_of_the_form_is_refused(app, client, cast):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert post_sign_in(client, "ana@demo.example").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_every_answer_carries_the_strict_headers(client, cast):
    headers = client.get("/account/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_cannot_be_read_by_scripts_and_is_bound_to_https_where_there_is_https(
    committed_db, cast, session
):
    from reintegration import settings
    from reintegration.app import create_app

    session.commit()
    environment = {**committed_db.environment(), "PUNTE_BASE_URL": "https://a.example"}
    secure = create_app(settings.from_environment(environment))
    secure.config["WTF_CSRF_ENABLED"] = False
    answer = post_sign_in(secure.test_client(), "ana@demo.example")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "session" in c)
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/" in cookie
    with secure.app_context():
        from reintegration.kernel import tries
        from reintegration.kernel.db import db
        from reintegration.kernel.db import session as current

        tries.companion(current()).dispose()
        db.session.remove()
        db.engine.dispose()
