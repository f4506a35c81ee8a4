"""Staff and providers sign in on different hosts; neither door opens for the other."""

import re

import pytest

from reintegration.accounts.services import links, second_factor_reset
from reintegration.accounts.views import identity
from reintegration.kernel import clock
from tests.accounts.hosts import SERVICE, STAFF
from tests.accounts.hosts import enter as enter_by
from tests.factories.cast import PASSWORD, actor
from tests.factories.factors import code_of, letters_to, path_of_link


def enter(app, host, email):
    return enter_by(app, host, email, PASSWORD)


@pytest.mark.parametrize(
    ("host", "email", "status"),
    [
        (STAFF, "ana@demo.example", 302),
        (SERVICE, "ana@demo.example", 422),
        (SERVICE, "rita@demo.example", 302),
        (STAFF, "rita@demo.example", 422),
    ],
)
def test_each_door_opens_for_its_own_people(two_hosts, host, email, status):
    assert enter(two_hosts, host, email)[1] == status


@pytest.mark.parametrize(
    ("password", "said"), [(PASSWORD, "signs in at another address"), ("wrong", "is not right")]
)
def test_who_knows_the_password_is_told_that_the_address_is_wrong(two_hosts, password, said):
    answer = two_hosts.test_client().post(
        "/account/sign-in?lang=en",
        data={"email": "ana@demo.example", "password": password},
        base_url=SERVICE,
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "staff.example" not in answer.text


def test_a_session_of_one_host_opens_nothing_on_the_other(two_hosts):
    browser, _ = enter(two_hosts, STAFF, "ana@demo.example")
    token = browser.get_cookie("__Host-session", domain="staff.example").value
    assert browser.get("/account/second-factor/app", base_url=STAFF).status_code == 200
    thief = two_hosts.test_client()
    thief.set_cookie("__Host-session", token, domain="service.example", secure=True)
    answer = thief.get("/account/second-factor/app", base_url=SERVICE)
    assert answer.location.startswith("/account/sign-in")


def test_a_host_that_is_not_ours_is_refused(two_hosts):
    answer = two_hosts.test_client().get("/account/sign-in", base_url="https://evil.example")
    assert answer.status_code == 400


def test_production_says_nothing_of_the_developers_name_or_the_demo(two_hosts):
    page = two_hosts.test_client().get("/account/sign-in", base_url=SERVICE)
    text = page.get_data(as_text=True)
    assert "Punte" not in text
    assert "DEMO" not in text
    assert two_hosts.test_client().get("/styleguide", base_url=STAFF).status_code == 404


def enrolled(app, browser, host):
    """Set up an app in the browser, as its page asks for it; return the page that follows."""
    page = browser.get("/account/second-factor/app", base_url=host).text
    sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)[1]
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    typed = {"sealed": sealed, "code": code_of(secret, clock.now()), "form_key": "app"}
    headers = {"Referer": f"{host}/account/second-factor/app"}
    return browser.post("/account/second-factor/app", data=typed, base_url=host, headers=headers)


def test_production_opens_nothing_to_some_before_they_have_a_second_factor(two_hosts):
    insists = {(STAFF, "ana"), (STAFF, "dan"), (SERVICE, "maria"), (SERVICE, "boris")}
    lets = {(SERVICE, "rita"), (SERVICE, "corina")}
    for host, who in sorted(insists | lets):
        browser, _ = enter(two_hosts, host, f"{who}@demo.example")
        for address in ("/account/today", "/account/own", "/account/password"):
            to = browser.get(address, base_url=host).location
            assert (to == "/account/second-factor/app") is ((host, who) in insists), (who, address)
            assert (to == "/account/device") is (who == "rita"), address


def test_nothing_is_done_either_before_there_is_a_second_factor(two_hosts, cast, session):
    browser, _ = enter(two_hosts, STAFF, "dan@demo.example")
    answer = browser.post(f"/account/users/{cast.ana.id}/closed", base_url=STAFF)
    assert answer.location == "/account/second-factor/app"
    session.refresh(cast.ana)
    assert cast.ana.disabled_at is None


def test_once_it_is_set_up_the_same_session_goes_on(two_hosts):
    browser, _ = enter(two_hosts, STAFF, "ana@demo.example")
    shown = enrolled(two_hosts, browser, STAFF)
    assert shown.status_code == 200
    assert len(re.findall(r'class="code">[0-9A-Z-]{14}<', shown.text)) == 10
    assert browser.get("/account/today", base_url=STAFF).status_code == 200


def test_a_reset_factor_leads_back_to_setting_it_up(two_hosts, cast, session):
    browser, _ = enter(two_hosts, STAFF, "ana@demo.example")
    enrolled(two_hosts, browser, STAFF)
    second_factor_reset.reset(session, cast.ana, actor=actor(session, cast.dan), now=clock.now())
    session.commit()
    assert browser.get("/account/today", base_url=STAFF).location.startswith("/account/sign-in")
    again, _ = enter(two_hosts, STAFF, "ana@demo.example")
    assert again.get("/account/today", base_url=STAFF).location == "/account/second-factor/app"


def test_a_link_leads_to_the_host_of_its_person(two_hosts, cast, session):
    with two_hosts.app_context():
        house = identity.house()
    for who, host in ((cast.ana, STAFF), (cast.rita, SERVICE)):
        links.send(session, who, actor=actor(session, cast.dan), house=house, now=clock.now())
        [letter] = letters_to(session, who.email)
        assert f"{host}/account/link?key=" in letter
    session.commit()
    key = path_of_link(letters_to(session, cast.rita.email)[0]).split("key=")[1]
    typed = {"key": key, "new": "four calm green hills"}
    elsewhere = two_hosts.test_client().post("/account/link", data=typed, base_url=STAFF)
    assert elsewhere.status_code == 422
    at_home = two_hosts.test_client().post("/account/link", data=typed, base_url=SERVICE)
    assert at_home.location == "/"
