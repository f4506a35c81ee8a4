"""The first start: the demo is made beside the pages, and begins anew when it is killed."""

import http.client
import json
import os
import signal
import socket
import time

import psycopg
import pytest
from sqlalchemy import select

from demo import load as loading
from demo import logins
from demo.logins import Login
from demo.stripe_books import StripeBooks
from reintegration.accounts.models import User
from reintegration.accounts.services import passwords
from reintegration.kernel import filling
from reintegration.operations import environment, supervisor
from reintegration.operations.simulated import HISTORY

EMAIL, PASSWORD = "ana.lungu@demo.example", "lumina-verde-peste-pod"


@pytest.fixture
def instance(app):
    folder = app.extensions["settings"].instance
    yield folder
    for name in (logins.FILE_NAME, f".{logins.FILE_NAME}", filling.FILE_NAME, HISTORY):
        (folder / name).unlink(missing_ok=True)


@pytest.fixture
def short_life(monkeypatch, app, instance):
    """Let a world have one sign-in and no stories."""

    def live(session, *_args, **_rest):
        assert not (instance / logins.FILE_NAME).exists()
        made = {"logins": [Login("case_manager", EMAIL, PASSWORD)], "stripe": StripeBooks()}
        return type("World", (), made)()

    monkeypatch.setattr(loading, "live", live)


def test_sign_ins_appear_when_all_is_committed_and_the_pages_open_then(
    app, committed_db, instance, short_life, monkeypatch
):
    seen = []

    def seal(*_args, **_rest):
        seen.append(((instance / logins.FILE_NAME).exists(), filling.is_going_on(instance)))
        return 0

    monkeypatch.setattr(loading.audit_chain, "seal", seal)
    with filling.held(instance):
        result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    assert seen == [(True, False)]


def test_a_commit_that_fails_shows_no_sign_ins(
    app, committed_db, instance, short_life, monkeypatch
):
    def fail(*_args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(loading, "_forget_former_trail", fail)
    with filling.held(instance):
        result = app.test_cli_runner().invoke(args=["demo", "load"])
        assert isinstance(result.exception, RuntimeError)
        assert filling.is_going_on(instance)
    assert not (instance / logins.FILE_NAME).exists()


@pytest.mark.parametrize(("password", "appears"), [(PASSWORD, True), ("another-one-by-far", False)])
def test_sign_ins_that_a_load_left_behind_appear_when_they_open_something(
    app, session, cast, instance, password, appears
):
    ana = session.scalars(select(User).where(User.id == cast.ana.id)).one()
    ana.password_hash = passwords.hash_password(PASSWORD)
    session.commit()
    logins.write_draft(instance, [Login("case_manager", ana.email, password)])
    result = app.test_cli_runner().invoke(args=["demo", "load", "--if-empty"])
    assert result.exit_code == 0, result.output
    assert (instance / logins.FILE_NAME).exists() is appears


def test_checkpoints_of_a_trail_that_is_gone_go_with_it(app, committed_db, instance, short_life):
    log = app.extensions["settings"].audit_log
    log.write_text('{"size": 9}\n')
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    assert not log.exists()


@pytest.mark.deep
def test_a_load_that_is_killed_leaves_nothing_and_begins_anew(new_database, monkeypatch, capfd):
    database = new_database()
    port = _free_port()
    for name, value in {**database.process_environment(), "PORT": str(port)}.items():
        monkeypatch.setenv(name, value)
    settings = environment.settings()
    house = supervisor._House(settings)
    house.demo.command = (*house.demo.command, "--scale", "0.05")
    sign_ins = settings.instance / logins.FILE_NAME
    try:
        house.open()
        _until(lambda: (filling.percent_done(settings.instance) or 0) > 40)
        os.kill(house.demo.process.pid, signal.SIGKILL)
        house.demo.process.wait()
        assert _counted(database, "organisation", "audit_event", "ledger_line") == [0, 0, 0]
        assert not sign_ins.exists()
        assert _answer(port, "/readyz") == (503, "filling")
        assert _answer(port, "/account/sign-in")[0] == 503
        _until(lambda: house.keep() or house.is_whole)
        assert _counted(database, "case_file")[0] > 0
        assert sign_ins.exists()
        assert _answer(port, "/account/sign-in")[0] == 200
        assert _answer(port, "/readyz")[0] == 200
    finally:
        house.close()
    said = capfd.readouterr().out
    assert "Making the demo ended (-9); again in 1 s" in said
    assert said.index("The demo is whole") < said.index("@demo.example")


def _counted(database, *tables):
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT set_config('punte.roles', 'system', false)")
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
        ]


def _answer(port, address):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        body = answer.read()
        is_json = answer.headers["Content-Type"] == "application/json"
        return answer.status, json.loads(body)["status"] if is_json else None
    finally:
        connection.close()


def _until(question, seconds=300):
    give_up = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
