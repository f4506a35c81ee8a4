"""PostgreSQL stopped, frozen or restarted: a calm page within five seconds, and back by itself."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel import patience
from reintegration.kernel.db import db
from tests.database import Database, Server, temporary_server

SOON = 5.0
RESTING = {"ro": "Serviciul", "ru": "Сервис", "en": "The service is resting"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that these tests may harm."""
    with temporary_server() as started:
        yield started


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    return server.clone("punte_down")


@pytest.fixture(scope="module")
def browser(database: Database):
    """A browser that once signed in: each page asks the database who it is."""
    app = create_app(configuration.from_environment(database.environment()))
    client = app.test_client()
    client.set_cookie("punte-session", "of some former day")
    yield client
    with app.app_context():
        db.engine.dispose()


def page(browser, address="/account/sign-in", language="ru"):
    began = time.monotonic()
    answer = browser.get(address, headers={"Accept-Language": language})
    assert time.monotonic() - began < SOON
    return answer


def comes_back(browser) -> bool:
    """Whether the next seconds bring a page again, without anybody's doing."""
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        if page(browser).status_code == 200:
            return True
        time.sleep(0.1)
    return False


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop every process of the server, as a machine does that swaps itself to death."""
    postmaster = server.cluster.process.pid
    family = [postmaster, *children(postmaster)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)


def children(parent: int) -> list[int]:
    stats = (path.read_text().rsplit(")", 1) for path in Path("/proc").glob("[0-9]*/stat"))
    return [int(name.split(" ")[0]) for name, rest in stats if int(rest.split()[1]) == parent]


def test_a_frozen_database_is_told_soon_and_comes_back_by_itself(server, browser):
    assert comes_back(browser)
    with frozen(server):
        answer = page(browser)
        ready = page(browser, "/readyz")
    assert answer.status_code == ready.status_code == 503
    assert comes_back(browser)


@pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=[pytest.mark.deep] * (one != "ro")) for one in sorted(RESTING)],
)
def test_a_stopped_database_is_told_in_the_language_of_the_reader(server, browser, language):
    assert comes_back(browser)
    server.cluster.stop("immediate")
    try:
        answer = page(browser, language=language)
        program = page(browser, "/api/v1/redemptions")
    finally:
        server.cluster.start()
    assert answer.status_code == 503
    assert RESTING[language] in answer.text
    assert program.status_code in (401, 405, 503)
    assert comes_back(browser)


def test_what_only_takes_long_is_waited_for(database, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.2)
    address = database.url.replace("+psycopg", "")
    with patience.PatientConnection.connect(address) as connection:
        assert connection.execute("SELECT pg_sleep(1), 7").fetchone()[1] == 7


@pytest.mark.deep
def test_a_connection_to_a_frozen_server_is_given_up(server, database, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.2)
    connection = patience.PatientConnection.connect(database.url.replace("+psycopg", ""))
    with frozen(server), pytest.raises(psycopg.OperationalError, match="does not answer"):
        connection.execute("SELECT 1")
    assert connection.closed
