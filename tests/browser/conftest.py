"""A real browser before a real server; each person of the cast has a seat of their own."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.operations.embedded import die_with_parent
from tests import chromium
from tests.browser.seats import PATIENCE, PHONE, SCREEN, Seat, SeatOf, sit_down
from tests.database import ROOT, Database
from tests.factories.cast import PASSWORD, Cast
from tests.live import LiveServer, run_live


@dataclass(frozen=True)
class Town:
    """A server with its scheduler, and the people who use it."""

    url: str
    cast: Cast


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = chromium.find()
    if path is None:
        pytest.fail("There is no Chromium: `python -m tests.chromium` installs it or says how.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path)
        yield launched
        launched.close()


@pytest.fixture
def opens(
    browser: Browser,
    committed_db: Database,
    live_server: Callable[..., LiveServer],
    cast: Cast,
    sign_in: Callable[[User], FlaskClient],
    session: Session,
) -> Iterator[Callable[..., Page]]:
    """Open a page in English in a browser of its own of somebody: `opens("ana", path)`.

    Whatever is said besides is how Playwright makes the browser.
    """
    made = []
    url = live_server(committed_db).url

    def at(who: str, path: str, **how: Any) -> Page:
        session.commit()
        cast.people[who].locale = "en"
        cookie = sign_in(cast.people[who]).get_cookie("punte-session")
        assert cookie is not None
        session.commit()
        context = browser.new_context(**{"locale": "en-GB", "viewport": SCREEN, **how})
        context.add_cookies([{"name": "punte-session", "value": cookie.value, "url": url}])
        made.append(context)
        page = context.new_page()
        page.goto(url + path)
        return page

    yield at
    for context in made:
        context.close()


@contextmanager
def town_of(
    database: Database, cast: Cast, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Town]:
    """Run the application and its scheduler on a database; both end with the block.

    `environment` are settings beside those of the database.
    """
    log, more = folder / "server.log", environment or {}
    server = run_live(database, log, workers=1, threads=4, app="wsgi:app", environment=more)
    with (folder / "scheduler.log").open("wb") as log:
        scheduler = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"],
            cwd=ROOT,
            env={**database.process_environment(), **more},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only asks the kernel
        )
    try:
        yield Town(server.url, cast)
    finally:
        scheduler.terminate()
        try:
            scheduler.wait(20)
        except subprocess.TimeoutExpired:
            scheduler.kill()
            scheduler.wait()
        server.stop()


@contextmanager
def seats_in(browser: Browser, url: str) -> Iterator[SeatOf]:
    """Give `page_of(who, phone=False)`: a signed-in browser of that person, made when first asked."""
    taken: dict[tuple[str, bool], Seat] = {}
    looked_at: set[str] = set()

    def page_of(who: str, phone: bool = False) -> Seat:
        if (who, phone) not in taken:
            context = browser.new_context(
                viewport=PHONE if phone else SCREEN,
                is_mobile=phone,
                has_touch=phone,
                locale="en-GB",
                timezone_id="Europe/Chisinau",
            )
            taken[who, phone] = sit_down(context, url, who, looked_at, share=0.06)
            sign_in(taken[who, phone])
        return taken[who, phone]

    yield page_of
    for seat in taken.values():
        seat.page.context.close()


def sign_in(seat: Seat) -> None:
    """Sign in by the form, as people do."""
    seat.goes_to("/account/sign-in")
    seat.sees("Sign in")
    seat.types("E-mail", f"{seat.who}@demo.example")
    seat.types("Password", PASSWORD)
    seat.presses("Sign in")
    seat.page.wait_for_url(lambda url: "sign-in" not in url)
