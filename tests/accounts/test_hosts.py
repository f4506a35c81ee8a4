"""Staff and providers sign in on different hosts; neither door opens for the other."""

import pytest

from reintegration import settings
from reintegration.app import create_app
from reintegration.kernel import tries
from reintegration.kernel.db import db
from reintegration.kernel.db import session as current
from tests.factories.cast import PASSWORD

STAFF, SERVICE = "https://staff.example", "https://service.example"


@pytest.fixture
def two_hosts(committed_db, cast, session):
    session.commit()
    environment = {
        **committed_db.environment(),
        "PUNTE_MODE": "production",
        "PUNTE_BASE_URL": STAFF,
        "PUNTE_SERVICE_URL": SERVICE,
        "PUNTE_PUBLIC_NAME": "Birou",
        "PUNTE_SENDER": "Servicii",
        "PUNTE_EXIT_URL": "https://www.meteo.md/",
        "SMTP_URL": "smtp://localhost:25",
        "PUNTE_MAIL_FROM": "office@example.org",
    }
    app = create_app(settings.from_environment(environment))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        tries.companion(current()).dispose()
        db.session.remove()
        db.engine.dispose()


def enter(app, host, email):
    browser = app.test_client()
    answer = browser.post(
        "/account/sign-in", data={"email": email, "password": PASSWORD}, base_url=host
    )
    return browser, answer.status_code


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
