"""Every menu, list, search and job at a million vouchers, against the same on the demo.

A person of each role opens what the menu shows and what those pages lead to, one address of each
kind, on the demo and on the same demo grown by SQL (`bench/growth.py`). The addresses name rows
that both have. The least time of several looks is compared: other work disturbs it least.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import unescape
from http import HTTPStatus
from pathlib import Path
from re import findall
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from bench import growth
from bench.report import Figure
from bench.stage import Stage
from demo import load as loading
from demo.logins import FILE_NAME as LOGINS
from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel import clock, jobs, outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, db
from reintegration.kernel.db import session as current_session
from reintegration.operations.job_lane import own_jobs
from tests.database import Database, Server
from tests.release.pages import browser_of, logins
from vouchers.books.services import settling

ROUNDS, GOAL = 7, 1.5
PATIENCE = 10
"""Seconds after which a thing is not looked at again."""
EVERYTHING = {"audit.sweep", "ledger.sweep"}
"""Jobs that look at everything once a day, so that damage below a watermark is found: no goal."""
MINUTES, GIGABYTES = 5, 4
NOT_PAGES = {"static", "ledger.export", "vouchers.print_pdf", "healthz", "openapi.spec"}
"""What is no list: a file is as long as what it holds."""
SOUGHT = {
    "/cases/": "SELECT split_part(code, '-', 2) FROM case_file ORDER BY id LIMIT 1",
    "/vouchers/": "SELECT reference FROM voucher ORDER BY id LIMIT 1",
    "/claims/": "SELECT reference FROM claim ORDER BY id LIMIT 1",
    "/bank/": "SELECT bank_reference FROM bank_line WHERE bank_reference <> '' ORDER BY id LIMIT 1",
    "/providers/": "SELECT split_part(name, ' ', 2) FROM organisation ORDER BY id LIMIT 1",
    "/account/users": "SELECT split_part(name, ' ', 2) FROM user_account ORDER BY id LIMIT 1",
}
"""What is searched for on each list that has a search: a word of a row that both have."""
Act = Callable[[], object]
Leg = tuple[str, Act, Act]
"""What is compared, on the demo and at a million."""


@dataclass
class House:
    """The application on one of the two databases, and who is signed in to it."""

    app: Flask
    browsers: dict[str, FlaskClient]

    def look(self, role: str, address: str) -> int:
        """Open a page; one that fails is not measured but mended."""
        status = self.browsers[role].get(address).status_code
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SystemExit(f"{address} answers {status}")
        return status


def figures(stage: Stage) -> list[Figure]:
    """Grow a demo, and compare: all pages and jobs, and each one that is beyond the goal."""
    small = _demo(stage.server)
    large = stage.server.clone("punte_million", template=small.name)
    began = time.monotonic()
    growth.grow(stage.server, large)
    minutes = (time.monotonic() - began) / 60
    measured = compared(settled(house(small)), settled(house(large, small)))
    beyond = [figure for figure in measured if not figure.met]
    aimed = [figure for figure in measured if figure.goal]
    return [
        Figure("growing the demo", minutes, "min", "allowed", MINUTES, at_most=1),
        Figure("its size", _size(stage.server, large), "GB", "allowed", GIGABYTES, at_most=1),
        Figure(
            f"pages and jobs within {GOAL}",
            sum(figure.met is True for figure in aimed),
            "",
            "all",
            len(aimed),
            at_least=1,
        ),
        *sorted(beyond, key=lambda figure: -figure.ratio),
    ]


def compared(small: House, large: House) -> list[Figure]:
    """Return a figure for each page and job: its time at a million against the demo's."""
    found = []
    for leg in (*pages(small, large), *background(small, large)):
        found.append(figure(*leg))
        print(f"{found[-1].ratio:8.2f}  {found[-1].name}", file=sys.stderr, flush=True)
    return found


def figure(name: str, at_small: Act, at_large: Act) -> Figure:
    """Compare the least times of some rounds; the first look fills what is kept."""
    began, times = time.monotonic(), []
    while len(times) < 2 or (len(times) <= ROUNDS and time.monotonic() - began < PATIENCE):
        times.append((_taken(at_small), _taken(at_large)))
    least, most = (1000 * min(one[side] for one in times[1:]) for side in (0, 1))
    goal = None if name in EVERYTHING else GOAL
    return Figure(name, most, "ms", "the demo", least, at_most=goal)


def _taken(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _demo(server: Server) -> Database:
    database = server.clone("punte_demo")
    settings = configuration.from_environment(database.environment())
    app = create_app(settings)
    with app.test_request_context(), loading.owner_session(settings) as session:
        loading.load(session, settings, scale=1, tell=lambda _sentence: None)
    return database


def house(database: Database, made: Database | None = None) -> House:
    """Return the application on a database, or on a copy of the one it was `made` for."""
    settings = configuration.from_environment(database.environment())
    app = create_app(settings)
    app.config["TESTING"] = True
    folder = Path((made or database).instance)
    known = {role: email for role, email, _ in reversed(logins(folder / LOGINS))}
    browsers = {role: browser_of(app, email) for role, email in sorted(known.items())}
    return House(app, browsers)


def settled(one: House) -> House:
    """Raise the watermarks as far as the scheduler would have by now."""
    for minutes in (0, 2):
        now = clock.now() + timedelta(minutes=minutes)
        with _system(one):
            current = current_session()
            settling.settle(current, settling.horizons(current), now=now)
            next(job for job in own_jobs(one.app) if job.name == "audit.sweep").run(current, now)
            current.commit()
    return one


def _size(server: Server, database: Database) -> float:
    with server.cluster.connect_as_superuser() as connection:
        question = "SELECT pg_database_size(%s) / 2.0 ^ 30"
        [size] = connection.execute(question, [database.name]).fetchone()
    return float(size)


def pages(small: House, large: House) -> Iterator[Leg]:
    """Yield each page of each role."""
    for role in small.browsers:
        for address in _addresses(small, role):
            looks = (partial(one.look, role, address) for one in (small, large))
            yield f"{role} {address}", *looks


def _addresses(small: House, role: str) -> Iterator[str]:
    """Yield one address of each kind that the menu leads to in at most two steps, and searches."""
    seen: dict[object, str] = {}
    waiting = ["/account/today"]
    for _step in range(2):
        found = [link for address in waiting for link in _links(small, role, address)]
        waiting = [link for link in found if seen.setdefault(_kind(small.app, link), link) is link]
        yield from waiting
    for path, question in SOUGHT.items():
        if path in seen.values():
            yield f"{path}?{urlencode({'q': _word(small, question)})}"


def _links(small: House, role: str, address: str) -> list[str]:
    page = small.browsers[role].get(address)
    links = [unescape(link) for link in findall(r'href="(/[^"#]*)', page.text)]
    return [link for link in links if _kind(small.app, link)]


def _kind(app: Flask, link: str) -> object:
    """Return what makes two addresses alike: the endpoint, and the filters that are chosen."""
    parts = urlsplit(link)
    try:
        endpoint, _ = app.url_map.bind("localhost").match(parts.path, method="GET")
    except HTTPException:
        return None
    if endpoint in NOT_PAGES or "styleguide" in endpoint:
        return None
    chosen = {
        (key, value if key in ("state", "show", "all", "mine") else "")
        for key, value in parse_qsl(parts.query)
        if key != "lang"
    }
    return endpoint, frozenset(chosen)


def _word(small: House, question: str) -> str:
    with _system(small):
        return current_session().scalar(text(question)) or ""


def background(small: House, large: House) -> Iterator[Leg]:
    """Yield each job, and what the scheduler looks for every second."""
    with small.app.app_context():
        names = [job.name for job in _all_jobs(small)]
    for name in names:
        yield name, partial(_run, small, name), partial(_run, large, name)
    yield "what the outbox sends next", partial(_claim, small), partial(_claim, large)


def _all_jobs(one: House) -> list[jobs.Job]:
    return [*jobs.scheduled(), *own_jobs(one.app)]


def _run(one: House, name: str) -> None:
    with _system(one):
        next(job for job in _all_jobs(one) if job.name == name).run(current_session(), clock.now())
        current_session().commit()


def _claim(one: House) -> None:
    """Claim a message, and let go of it."""
    with _system(one):
        outbox.claim(current_session(), now=clock.now())


@contextmanager
def _system(one: House) -> Iterator[None]:
    with one.app.app_context():
        act_as(current_session(), SYSTEM)
        yield
        db.session.remove()
