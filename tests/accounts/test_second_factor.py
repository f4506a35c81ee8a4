"""The second factor: shown at the door, set up, lost and found again."""

import re
from base64 import b32encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage, RecoveryCode, SecondFactor
from reintegration.accounts.services import browsers, second_factor, totp, users
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.crypto import KeyMissing, Keyring
from reintegration.kernel.errors import Conflict, NotPermitted
from tests.factories.cast import PASSWORD, actor
from tests.factories.factors import code_of, enrol, let_code_serve_again, letters_to
from tests.travel import travel

RFC = b32encode(b"12345678901234567890").decode()


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def phone(session, cast, now):
    """Ana's app and recovery codes."""
    secret, codes = enrol(session, cast.ana, now=now)
    session.commit()
    return secret, codes


def with_password(app, email):
    browser = app.test_client()
    browser.post("/account/sign-in", data={"email": email, "password": PASSWORD})
    return browser


def show(browser, code):
    return browser.post("/account/second-factor?lang=en", data={"code": code})


def is_in(browser):
    return browser.get("/account/today").status_code == 200


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert totp.code(RFC, seconds // totp.SECONDS) == code


def test_a_password_alone_opens_nothing_where_there_is_an_app(app, cast, phone):
    browser = app.test_client()
    typed = {"email": cast.ana.email, "password": PASSWORD, "next": "/account/inbox"}
    answer = browser.post("/account/sign-in", data=typed)
    assert answer.location == "/account/second-factor?next=/account/inbox"
    assert not is_in(browser)
    assert browser.post("/account/own/sessions").status_code == 302


def test_a_right_code_opens_under_a_fresh_session(app, cast, phone, now):
    browser = with_password(app, cast.ana.email)
    before = browser.get_cookie("punte-session").value
    assert show(browser, code_of(phone[0], now)).location == "/"
    assert is_in(browser)
    thief = app.test_client()
    thief.set_cookie("punte-session", before)
    assert not is_in(thief)
    assert show(thief, code_of(phone[0], now, steps=1)).location == "/account/sign-in"


@pytest.mark.parametrize(
    ("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(app, cast, phone, session, steps, opens):
    let_code_serve_again(session, cast.ana)
    session.commit()
    with travel(clock.now(), tick=False):
        browser = with_password(app, cast.ana.email)
        show(browser, code_of(phone[0], clock.now(), steps=steps))
        assert is_in(browser) is opens


def test_no_code_serves_twice_nor_one_before_it(app, cast, phone, now):
    for steps, opens in ((0, True), (0, False), (-1, False), (1, True)):
        browser = with_password(app, cast.ana.email)
        answer = show(browser, code_of(phone[0], now, steps=steps))
        assert is_in(browser) is opens
        assert opens or "was used already" in answer.text


def test_of_two_at_once_with_one_code_one_passes(app, cast, phone, now):
    waiting = [with_password(app, cast.ana.email) for _ in range(2)]
    code = code_of(phone[0], now)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: show(one, code).status_code, waiting))
    assert sorted(answers) == [302, 422]


def test_guesses_are_counted_and_the_refusal_says_what_to_do(app, cast, phone, now):
    browser = with_password(app, cast.ana.email)
    wrong = f"{(int(code_of(phone[0], now)) + 7) % 1_000_000:06d}"
    answers = [show(browser, wrong) for _ in range(second_factor.PER_PERSON.tries + 1)]
    assert [one.status_code for one in answers[-2:]] == [422, 429]
    assert "recovery code" in answers[-1].text
    other = with_password(app, cast.ana.email)
    assert show(other, code_of(phone[0], now)).status_code == 429


def test_guesses_of_a_stranger_lock_nobody_out_of_a_browser_of_their_own(app, cast, phone, now):
    ana = with_password(app, cast.ana.email)
    show(ana, code_of(phone[0], now))
    thief = with_password(app, cast.ana.email)
    for _ in range(second_factor.PER_PERSON.tries + 1):
        show(thief, "12")
    ana.post("/account/own/sessions")
    ana.post("/account/sign-out")
    again = ana.post("/account/sign-in", data={"email": cast.ana.email, "password": PASSWORD})
    assert again.status_code == 302


def test_a_waiting_sign_in_waits_ten_minutes(app, cast, phone):
    with travel(clock.now(), tick=False) as traveller:
        browser = with_password(app, cast.ana.email)
        traveller.shift(timedelta(minutes=10))
        answer = show(browser, code_of(phone[0], clock.now()))
        assert answer.location == "/account/sign-in"


def test_a_recovery_code_serves_once_and_is_read_however_it_is_typed(app, cast, phone):
    code = phone[1][0]
    browser = with_password(app, cast.ana.email)
    show(browser, f" {code.lower().replace('-', ' ')} ")
    assert is_in(browser)
    again = with_password(app, cast.ana.email)
    assert show(again, code).status_code == 422


def test_a_recovery_code_is_its_persons_own(app, cast, session, phone, now):
    _secret, other = enrol(session, cast.sergiu, now=now)
    session.commit()
    browser = with_password(app, cast.ana.email)
    assert show(browser, other[0]).status_code == 422


def test_of_two_at_once_with_one_recovery_code_one_passes(app, cast, phone):
    waiting = [with_password(app, cast.ana.email) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: show(one, phone[1][0]).status_code, waiting))
    assert sorted(answers) == [302, 422]


def test_nothing_by_which_one_passes_stands_in_the_database(cast, session, phone):
    secret, codes = phone
    row = session.execute(select(SecondFactor.__table__)).one()
    stored = [bytes(one) for one in session.scalars(select(RecoveryCode.hash))]
    assert len(stored) == len(set(codes)) == second_factor.RECOVERY_CODES
    assert secret.encode() not in bytes(row.sealed)
    assert all(code.replace("-", "").encode() not in hash_ for code in codes for hash_ in stored)


def test_a_secret_is_bound_to_its_person_and_to_the_master_key(cast, session, phone, now):
    sealed = session.get_one(SecondFactor, cast.ana.id).sealed
    enrol(session, cast.sergiu, now=now)
    session.get_one(SecondFactor, cast.sergiu.id).sealed = sealed
    session.flush()
    with pytest.raises(Conflict, match="Ask an administrator"):
        second_factor.check(session, cast.sergiu, code_of(phone[0], now), now=now)
    session.info["keyring"] = Keyring(b"k" * 32)
    with pytest.raises(KeyMissing, match="PUNTE_MASTER_KEYS_READ"):
        second_factor.check(session, cast.ana, code_of(phone[0], now), now=now)


def test_a_browser_that_passed_is_not_asked_for_twelve_hours(app, cast, phone):
    with travel(clock.now(), tick=False) as traveller:
        browser = with_password(app, cast.ana.email)
        show(browser, code_of(phone[0], clock.now()))
        typed = {"email": cast.ana.email, "password": PASSWORD}
        for hours, asked in ((11.9, False), (0.2, True)):
            browser.post("/account/sign-out")
            traveller.shift(timedelta(hours=hours))
            to = browser.post("/account/sign-in", data=typed).location
            assert (to == "/account/second-factor?next=/") is asked
        assert timedelta(hours=12) == browsers.REMEMBERED_FOR


def test_a_browser_that_passed_for_one_person_asks_another(app, cast, session, phone, now):
    enrol(session, cast.sergiu, now=now)
    session.commit()
    browser = with_password(app, cast.ana.email)
    show(browser, code_of(phone[0], now))
    browser.post("/account/sign-out")
    typed = {"email": cast.sergiu.email, "password": PASSWORD}
    assert browser.post("/account/sign-in", data=typed).location.startswith(
        "/account/second-factor"
    )


def closed_and_opened(session, user, now):
    users.close(session, user, actor=SYSTEM, now=now)
    users.reopen(session, user, actor=SYSTEM, now=now)


def new_roles(session, user, now):
    users.set_roles(session, user, actor=SYSTEM, roles=[Role.SUPERVISOR], now=now)


def same_password(session, user, now):
    users.take_password(session, user, PASSWORD, now=now)


@pytest.mark.parametrize("event", [closed_and_opened, new_roles, same_password])
def test_what_changes_a_persons_rights_asks_every_browser_again(
    app, cast, session, phone, now, event
):
    browser = with_password(app, cast.ana.email)
    show(browser, code_of(phone[0], now))
    session.expire_all()
    event(session, cast.ana, now)
    session.commit()
    assert not is_in(browser)
    typed = {"email": cast.ana.email, "password": PASSWORD}
    to = browser.post("/account/sign-in", data=typed).location
    assert to == "/account/second-factor?next=/"


def page_secret(page):
    return re.search(r'class="code">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def sealed_in(page):
    return re.search(r'name="sealed"[^>]*value="([^"]+)"', page.text)[1]


def test_one_sets_up_an_app_by_its_first_code_and_sees_ten_codes_once(cast, sign_in, session, now):
    ana = sign_in(cast.ana)
    page = ana.get("/account/second-factor/app?lang=en")
    typed = {"sealed": sealed_in(page), "code": code_of(page_secret(page), now)}
    shown = ana.post("/account/second-factor/app?lang=en", data=typed)
    codes = re.findall(r'class="code">([0-9A-Z-]{14})<', shown.text)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.is_enrolled(session, cast.ana)
    assert "10 left" in ana.get("/account/own?lang=en").text


def test_a_wrong_first_code_keeps_the_same_secret_on_the_page(cast, sign_in, session):
    ana = sign_in(cast.ana)
    page = ana.get("/account/second-factor/app")
    typed = {"sealed": sealed_in(page), "code": "12"}
    again = ana.post("/account/second-factor/app", data=typed)
    assert again.status_code == 422
    assert page_secret(again) == page_secret(page)
    assert not second_factor.is_enrolled(session, cast.ana)


def test_a_secret_that_the_page_did_not_make_for_this_person_is_refused(
    cast, sign_in, session, now
):
    page = sign_in(cast.sergiu).get("/account/second-factor/app")
    typed = {"sealed": sealed_in(page), "code": code_of(page_secret(page), now)}
    assert sign_in(cast.ana).post("/account/second-factor/app", data=typed).status_code == 422
    assert not second_factor.is_enrolled(session, cast.ana)


def test_new_recovery_codes_end_those_of_before(app, cast, session, phone, now):
    who = actor(session, cast.ana)
    fresh = second_factor.renew_codes(session, cast.ana, actor=who, now=now)
    session.commit()
    assert show(with_password(app, cast.ana.email), phone[1][0]).status_code == 422
    assert show(with_password(app, cast.ana.email), fresh[0]).status_code == 302


def test_an_administrator_resets_a_lost_factor_and_everybody_hears_of_it(
    cast, sign_in, session, phone
):
    ana = sign_in(cast.ana)
    sign_in(cast.dan).post(f"/account/users/{cast.ana.id}/second-factor")
    assert not second_factor.is_enrolled(session, cast.ana)
    assert not is_in(ana)
    assert "resetat" in "".join(letters_to(session, cast.ana.email)) or "șters" in "".join(
        letters_to(session, cast.ana.email)
    )
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "second_factor:reset")
    ).one()
    assert (event.actor_id, event.subject_id) == (cast.dan.id, cast.ana.id)


def test_the_other_administrators_are_told_and_who_did_it_is_not(cast, session, phone, now):
    from reintegration.accounts.services import second_factor_reset
    from tests.factories.cast import make_person

    other = make_person("doina", cast.programme, "Doina Lupan", Role.ADMINISTRATOR)
    session.add(other)
    session.flush()
    second_factor_reset.reset(session, cast.ana, actor=actor(session, cast.dan), now=now)
    told = session.scalars(
        select(InboxMessage.user_id).where(InboxMessage.key.startswith("second_factor:"))
    )
    assert set(told) == {other.id}


def test_nobody_resets_their_own(cast, session, now):
    from reintegration.accounts.services import second_factor_reset

    enrol(session, cast.dan, now=now)
    with pytest.raises(NotPermitted):
        second_factor_reset.reset(session, cast.dan, actor=actor(session, cast.dan), now=now)


def test_an_operator_helps_the_administrator_who_is_alone(app, cast, session, now):
    enrol(session, cast.dan, now=now)
    session.commit()
    told = app.test_cli_runner().invoke(args=["user", "reset", "DAN@demo.example"])
    assert told.exit_code == 0, told.output
    session.expire_all()
    assert not second_factor.is_enrolled(session, cast.dan)


def test_it_is_required_of_whoever_sees_names_or_money_or_sets_up_others():
    with_password_only = set(Role) - second_factor.REQUIRED_OF
    assert with_password_only == {Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR}


def test_the_page_that_waits_needs_a_password_first(client, cast):
    assert client.get("/account/second-factor").location == "/account/sign-in"
    with closing(show(client, "123456")) as answer:
        assert answer.location == "/account/sign-in"


def test_the_demo_prints_a_code_that_serves_or_says_how_long_it_does_not(cast, session, phone, now):
    first, waits = second_factor.next_code(session, cast.ana, now=now)
    assert waits == 0
    for _ in range(2):
        told, waits = second_factor.next_code(session, cast.ana, now=now)
        assert waits == 0
        second_factor.check(session, cast.ana, told, now=now)
    last, waits = second_factor.next_code(session, cast.ana, now=now)
    assert 0 < waits <= totp.SECONDS
    assert last not in {first, told}
    second_factor.check(session, cast.ana, last, now=now + timedelta(seconds=waits))


def test_a_wrong_code_stands_in_the_trail_although_the_request_rolls_back(
    app, cast, session, phone
):
    show(with_password(app, cast.ana.email), "12")
    told = select(AuditEvent.subject_id).where(AuditEvent.action == "session:refuse")
    assert session.scalars(told).all() == [cast.ana.id]
