"""Passkeys: for one address, one person, one question, and once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Passkey
from reintegration.accounts.services import passkeys, second_factor_reset
from reintegration.kernel import clock
from tests.factories.cast import PASSWORD, actor
from tests.factories.factors import enrol
from tests.factories.soft_key import PRESENT, SoftKey, asked_on
from tests.travel import travel

NEW = "/account/passkeys/new"


@pytest.fixture
def ana(cast, session, sign_in):
    """Ana's browser, her app set up."""
    enrol(session, cast.ana, now=clock.now())
    session.commit()
    return sign_in(cast.ana)


def make(browser, key, name="Telefonul meu"):
    answer = key.made(asked_on(browser.get(NEW).text))
    return browser.post(f"{NEW}?lang=en", data={"name": name, "answer": answer})


@pytest.fixture
def key(ana):
    made = SoftKey()
    assert make(ana, made).status_code == 302
    return made


def with_password(app, email):
    browser = app.test_client()
    browser.post("/account/sign-in", data={"email": email, "password": PASSWORD})
    return browser


def is_in(browser):
    return browser.get("/account/today").status_code == 200


def show(browser, key, address="/account/second-factor"):
    answer = key.shown(asked_on(browser.get(address).text))
    browser.post(f"{address}?lang=en", data={"code": answer})
    return answer


def test_a_passkey_stands_in_for_the_code(app, cast, key):
    browser = with_password(app, cast.ana.email)
    show(browser, key)
    assert is_in(browser)


def test_a_passkey_alone_signs_in_with_no_password(app, client, cast, key):
    answer = key.shown(asked_on(client.get("/account/sign-in").text))
    to = client.post("/account/sign-in/passkey", data={"answer": answer, "next": "/account/inbox"})
    assert to.location == "/account/inbox"
    assert is_in(client)
    again = app.test_client()
    refused = again.post("/account/sign-in/passkey?lang=en", data={"answer": answer})
    assert refused.status_code == 422
    assert not is_in(again)


def test_an_answer_serves_once_and_for_what_was_asked_only(app, cast, key):
    browser = with_password(app, cast.ana.email)
    answer = show(browser, key)
    other = with_password(app, cast.ana.email)
    other.post("/account/second-factor", data={"code": answer})
    assert not is_in(other)
    made = key.made(asked_on(browser.get(NEW).text))
    other.post("/account/second-factor", data={"code": made})
    assert not is_in(other)


def test_an_answer_is_no_older_than_some_minutes(app, cast, key):
    with travel(clock.now(), tick=False) as traveller:
        for seconds, opens in ((-1, True), (1, False)):
            browser = with_password(app, cast.ana.email)
            asked = asked_on(browser.get("/account/second-factor").text)
            traveller.shift(passkeys.ANSWER_WITHIN + timedelta(seconds=seconds))
            browser.post("/account/second-factor", data={"code": key.shown(asked)})
            assert is_in(browser) is opens


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.example"},
        {"host": "example.org"},
        {"flags": PRESENT},
        {"key": SoftKey().key},
        {"id": b"another one"},
    ],
    ids=["another address", "another host", "without its owner", "another key", "unknown"],
)
def test_a_false_answer_opens_nothing(app, cast, key, wrong):
    for name, value in wrong.items():
        setattr(key, name, value)
    browser = with_password(app, cast.ana.email)
    show(browser, key)
    assert not is_in(browser)


@pytest.mark.parametrize("answer", ["{", "{}", '{"asked": 1, "said": []}', '{"asked": "AAAA"}'])
def test_nonsense_is_refused_in_words(app, client, cast, key, answer):
    page = client.post("/account/sign-in/passkey?lang=en", data={"answer": answer})
    assert page.status_code == 422
    assert "was not recognised here" in page.text
    browser = with_password(app, cast.ana.email)
    assert browser.post("/account/second-factor", data={"code": answer}).status_code == 422


def test_a_copied_key_is_noticed_by_its_count(app, cast, session, key):
    session.scalars(select(Passkey)).one().sign_count = 9
    session.commit()
    browser = with_password(app, cast.ana.email)
    show(browser, key)
    assert not is_in(browser)


def test_a_passkey_is_its_persons_own(app, cast, session, key, sign_in):
    enrol(session, cast.sergiu, now=clock.now())
    session.commit()
    assert make(sign_in(cast.sergiu), SoftKey()).status_code == 302
    browser = with_password(app, cast.sergiu.email)
    show(browser, key)
    assert not is_in(browser)


def test_a_question_to_one_person_is_not_answered_by_another(ana, cast, session, sign_in):
    enrol(session, cast.sergiu, now=clock.now())
    session.commit()
    answer = SoftKey().made(asked_on(ana.get(NEW).text))
    page = sign_in(cast.sergiu).post(NEW, data={"name": "x", "answer": answer})
    assert page.status_code == 422
    assert session.scalar(select(func.count()).select_from(Passkey)) == 0


def test_an_app_comes_first(cast, sign_in):
    page = sign_in(cast.ana).get(f"{NEW}?lang=en")
    assert page.status_code == 409
    assert "Set up your app first" in page.text


def test_a_passkey_is_listed_and_removed_and_then_opens_nothing(app, ana, cast, session, key):
    assert "Telefonul meu" in ana.get("/account/own").text
    [mine] = session.scalars(select(Passkey.id)).all()
    browser = with_password(app, cast.ana.email)
    asked = asked_on(browser.get("/account/second-factor").text)
    assert ana.post(f"/account/passkeys/{mine}/remove").location == "/account/own"
    browser.post("/account/second-factor", data={"code": key.shown(asked)})
    assert not is_in(browser)


def test_nobody_removes_another_persons(cast, session, key, sign_in):
    [hers] = session.scalars(select(Passkey.id)).all()
    assert sign_in(cast.sergiu).post(f"/account/passkeys/{hers}/remove").status_code == 404


def test_there_are_ten_at_most(ana):
    for _ in range(passkeys.MOST):
        assert make(ana, SoftKey()).status_code == 302
    refused = make(ana, SoftKey())
    assert refused.status_code == 409
    assert "Remove one that you do not use" in refused.text


def test_a_passkey_confirms_who_is_there(ana, cast, session, key):
    answer = key.shown(asked_on(ana.get("/account/confirm").text))
    assert ana.post("/account/confirm", data={"step_up": answer, "next": "/"}).location == "/"
    assert ana.post("/account/confirm", data={"step_up": answer}).status_code == 422


def test_a_factor_that_is_taken_away_takes_the_passkeys_along(app, client, cast, session, key):
    asked = asked_on(client.get("/account/sign-in").text)
    second_factor_reset.reset(session, cast.ana, actor=actor(session, cast.dan), now=clock.now())
    session.commit()
    client.post("/account/sign-in/passkey", data={"answer": key.shown(asked)})
    assert not is_in(client)


def test_a_passkey_of_a_closed_account_opens_nothing(client, cast, session, key):
    asked = asked_on(client.get("/account/sign-in").text)
    cast.ana.disabled_at = clock.now()
    session.commit()
    refused = client.post("/account/sign-in/passkey", data={"answer": key.shown(asked)})
    assert refused.status_code == 422
