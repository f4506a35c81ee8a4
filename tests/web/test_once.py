"""A form that is sent twice, or twice at once, is answered what it was answered first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reintegration.accounts.models import ApiToken, Organisation
from reintegration.kernel import answered, clock
from reintegration.kernel.answered import AnsweredForm
from tests.factories.cast import TODAY, new_person

OFFICE = {"name": "Echipa Cahul", "form_key": "one-office"}


@pytest.fixture
def person(cast):
    return new_person(cast, form_key="one-person")


def offices(session):
    named = select(func.count()).where(Organisation.name == OFFICE["name"])
    return session.scalar(named)


@pytest.fixture
def token():
    return {"label": "Casa", "expires_on": f"{TODAY + timedelta(days=90)}", "form_key": "one-token"}


def secret_in(page):
    return page.text.split('class="code wrap">')[1].split("<")[0]


def test_a_form_sent_again_is_answered_the_same_and_makes_one_thing(cast, sign_in, session):
    dan = sign_in(cast.dan)
    first, again = (dan.post("/account/organisations", data=OFFICE) for _ in range(2))
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert offices(session) == 1


def test_each_page_has_another_key_so_the_same_can_be_wanted_twice(cast, sign_in, session):
    dan = sign_in(cast.dan)
    for key in ("first", "second"):
        dan.post("/account/organisations", data=OFFICE | {"form_key": key})
    assert offices(session) == 2
    pages = {
        dan.get("/account/organisations").text.split('form_key" value="')[1][:22] for _ in "ab"
    }
    assert len(pages) == 2


def test_a_second_click_shows_the_first_secret_again(cast, sign_in, token):
    maria = sign_in(cast.maria)
    first, again = (maria.post("/redeem/tokens", data=token) for _ in range(2))
    assert (again.status_code, secret_in(again)) == (200, secret_in(first))


def test_two_at_once_make_one_token_and_both_show_it(app, cast, sign_in, session, token):
    cookie = sign_in(cast.maria).get_cookie("punte-session").value
    session.commit()

    def send(_):
        browser = app.test_client()
        browser.set_cookie("punte-session", cookie)
        return browser.post("/redeem/tokens", data=token)

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(send, range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({secret_in(answer) for answer in answers}) == 1
    assert session.scalar(select(func.count()).select_from(ApiToken)) == 1


@pytest.mark.parametrize("way", ["organisations", "inbox"])
def test_a_form_without_a_key_does_nothing(cast, sign_in, session, way):
    page = sign_in(cast.dan).post(f"/account/{way}?lang=en", data=OFFICE | {"form_key": ""})
    assert page.status_code == 422
    assert "Open the page again" in page.text
    assert offices(session) == 0


def test_the_language_and_the_way_out_need_no_key(cast, sign_in):
    dan = sign_in(cast.dan)
    for way, to in (("/language", "/"), ("/account/sign-out", "/account/sign-in")):
        assert dan.post(way, data={"form_key": "", "locale": "ru"}).location == to


def test_other_answers_under_the_same_key_are_refused_in_words(cast, sign_in, session):
    dan = sign_in(cast.dan)
    dan.post("/account/organisations", data=OFFICE)
    other = OFFICE | {"name": "Echipa Soroca"}
    page = dan.post("/account/organisations?lang=en", data=other)
    assert page.status_code == 409
    assert "sent before with other answers" in page.text
    assert "Echipa Soroca" in page.text


def test_a_refused_form_can_be_sent_again_under_its_key(cast, sign_in, session, person):
    dan = sign_in(cast.dan)
    assert dan.post("/account/users/new", data=person | {"roles": []}).status_code == 422
    assert dan.post("/account/users/new", data=person).status_code == 302


def test_a_key_is_its_senders_own(cast, sign_in, session):
    for person in (cast.ana, cast.sergiu):
        sign_in(person).post("/account/inbox", data={"form_key": "same"})
    senders = set(session.scalars(select(AnsweredForm.actor_id)))
    assert senders == {cast.ana.id, cast.sergiu.id}


def test_what_is_kept_of_an_answer_is_sealed(cast, sign_in, session, token):
    shown = secret_in(sign_in(cast.maria).post("/redeem/tokens", data=token))
    kept = session.scalars(select(AnsweredForm)).one()
    assert kept.answer is not None
    assert shown.encode() not in kept.answer
    assert shown.encode() not in kept.request_hash


@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_page_with_a_secret_is_not_shown_again_later_and_nothing_is_done_again(
    cast, sign_in, session, token, is_dropped
):
    maria = sign_in(cast.maria)
    maria.post("/redeem/tokens", data=token)
    session.execute(update(AnsweredForm).values(answered_at=clock.now() - timedelta(minutes=10)))
    if is_dropped:
        answered.forget(session, clock.now())
    page = maria.post("/redeem/tokens?lang=en", data=token)
    assert page.status_code == 409
    assert "shown only once" in page.text


def test_keys_are_forgotten_after_a_week(cast, sign_in, session):
    sign_in(cast.dan).post("/account/organisations", data=OFFICE)
    assert answered.forget(session, clock.now()) is None
    assert answered.forget(session, clock.now() + timedelta(days=8)) == "1 forgotten"
    assert session.scalar(select(func.count()).select_from(AnsweredForm)) == 0


def test_an_answer_moved_to_another_key_does_not_open(cast, sign_in, session):
    dan = sign_in(cast.dan)
    dan.post("/account/organisations", data=OFFICE)
    session.execute(update(AnsweredForm).values(key="other"))
    answer = dan.post("/account/organisations", data=OFFICE | {"form_key": "other"})
    assert answer.status_code == 500
