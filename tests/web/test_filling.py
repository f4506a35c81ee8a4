"""While the demo is being made every page says so; what watches over the service learns it too."""

from dataclasses import replace

import pytest

from reintegration.kernel import filling, schema
from reintegration.settings import Mode


@pytest.fixture
def instance(app):
    """The folder of an application that has not yet asked whether its demo is whole."""
    app.extensions.pop("demo.whole", None)
    folder = app.extensions["settings"].instance
    yield folder
    (folder / filling.FILE_NAME).unlink(missing_ok=True)
    app.extensions.pop("demo.whole", None)


@pytest.fixture
def being_made(instance):
    with filling.held(instance):
        yield instance


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("ro", "Se pregătesc datele demonstrative"),
        ("ru", "Готовятся демонстрационные данные"),
        ("en", "The demo is being made"),
        ("de", "Se pregătesc datele demonstrative"),
    ],
)
@pytest.mark.parametrize("address", ["/", "/account/sign-in", "/cases", "/no-such-page"])
def test_every_page_says_so_in_the_readers_language(client, being_made, address, accepted, title):
    answer = client.get(address, headers={"Accept-Language": accepted})
    assert answer.status_code == 503
    assert f"<h1>{title}</h1>" in answer.text


def test_the_page_asks_again_by_itself(client, being_made):
    answer = client.get("/account/sign-in")
    assert answer.headers["Retry-After"] == "5"
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_shows_how_far_it_is_once_that_is_known(client, being_made):
    assert "<progress" not in client.get("/").text
    filling.tell(being_made, 42)
    assert '<progress id="made" max="100" value="42">' in client.get("/").text


def test_a_form_that_is_sent_waits_as_well(client, being_made):
    assert client.post("/account/sign-in", data={"email": "a@demo.example"}).status_code == 503


def test_a_program_gets_a_problem(client, being_made):
    answer = client.post("/api/v1/redemptions", headers={"Accept-Language": "ru"})
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "filling"
    assert answer.json["detail"].startswith("Готовятся демонстрационные данные")
    assert answer.headers["Retry-After"] == "5"


def test_what_the_page_needs_is_open(client, being_made):
    assert client.get("/static/css/app.css").status_code == 200
    chosen = client.post("/language", data={"locale": "ru", "next": "/cases"})
    assert chosen.location == "/cases"
    assert "Готовятся" in client.get("/cases").text


def test_the_process_is_well_but_not_ready(client, being_made):
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (503, "filling")


def test_once_whole_it_is_open_and_nobody_asks_any_more(client, instance):
    with filling.held(instance):
        assert client.get("/account/sign-in").status_code == 503
        filling.done(instance)
        assert client.get("/account/sign-in").status_code == 200
        assert client.get("/readyz").json["status"] == "degraded"  # no scheduler runs here
    with filling.held(instance):
        assert client.get("/account/sign-in").status_code == 200


def test_a_file_that_nobody_holds_says_nothing(client, instance):
    (instance / filling.FILE_NAME).write_text("42")
    assert client.get("/account/sign-in").status_code == 200


def test_an_empty_production_is_not_being_filled(app, client, being_made):
    demo_settings = app.extensions["settings"]
    app.extensions["settings"] = replace(demo_settings, mode=Mode.PRODUCTION)
    try:
        assert client.get("/account/sign-in").status_code == 200
        assert client.get("/readyz").status_code == 200
    finally:
        app.extensions["settings"] = demo_settings


def test_a_database_that_waits_for_migrations_is_not_ready(client, monkeypatch):
    known = schema.known()
    monkeypatch.setattr(schema, "known", lambda: known | {"the next"})
    monkeypatch.setattr(schema, "head", lambda: "the next")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (503, "unready")


def test_a_database_that_is_ahead_serves_the_code_from_before(client, monkeypatch):
    monkeypatch.setattr(schema, "known", lambda: frozenset({"0001"}))
    monkeypatch.setattr(schema, "head", lambda: "0001")
    assert client.get("/readyz").status_code == 200
