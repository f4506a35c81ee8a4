"""The front that is shipped: what it hands on, and what it keeps to itself."""

from pathlib import Path

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.factories.cast import PASSWORD

CONF = Path(__file__).parents[2] / "deploy" / "nginx.conf"
HOST = "staff.example.org:8443"


def handed_on():
    """Return the headers that the front sets, as the configuration says."""
    lines = [
        line.split("#")[0].strip().rstrip(";").split() for line in CONF.read_text().splitlines()
    ]
    return {line[1]: line[2] for line in lines if line[:1] == ["proxy_set_header"]}


@pytest.fixture
def behind_the_front(app, client):
    """A browser behind the front, which listens on another port than 443."""
    app.config["WTF_CSRF_ENABLED"], inner = True, app.wsgi_app
    app.wsgi_app = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)
    yield client
    app.config["WTF_CSRF_ENABLED"], app.wsgi_app = False, inner


def test_signing_in_works_behind_a_front_on_another_port(behind_the_front, session, cast):
    names = {"$http_host": HOST, "$host": HOST.partition(":")[0], "$remote_addr": "192.0.2.7"}
    headers = {name: names.get(value, value) for name, value in handed_on().items()}
    headers |= {"Referer": f"https://{HOST}/account/sign-in"}
    page = behind_the_front.get("/account/sign-in", headers=headers).get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    said = {"email": "ana@demo.example", "password": PASSWORD, "csrf_token": token}
    answer = behind_the_front.post("/account/sign-in", data=said, headers=headers)
    assert answer.status_code == 302


def test_it_keeps_no_address_that_was_asked_for():
    said = CONF.read_text()
    assert "access_log off;" in said
    assert " crit;" in said.partition("error_log")[2].splitlines()[0]


def test_what_is_too_large_for_it_is_answered_by_our_own_page_and_not_handed_on():
    said = CONF.read_text()
    place = said.partition("location @too_large {")[2].partition("}")[0]
    assert "error_page 413 = @too_large;" in said
    assert "proxy_pass_request_body off;" in place
    assert "proxy_set_header Content-Length $content_length;" in place
    assert "proxy_set_header Connection close;" in place
    own = {f"{name} {value}" for name, value in handed_on().items() if name != "Connection"}
    assert all(one in place for one in own)
