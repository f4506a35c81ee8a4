"""No page sends more statements than it did: `tests/release/statements.json` has the numbers.

Each address that is read is opened by the first person who may, in the world of the walk, and
everybody's own day by everybody. The second look counts: the first one fills what is kept.

Fewer is fine and is printed. `PUNTE_RECORD=1 .venv/bin/python -m pytest
tests/house/test_statements.py` writes the numbers anew.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from reintegration.accounts.services import sign_in
from reintegration.kernel import clock, tasks
from reintegration.kernel.actor import Actor, ActorKind
from reintegration.web.requires import WebPermission
from tests.factories.cast import PEOPLE
from tests.factories.system import as_system
from tests.house.test_access import ask, fill, says, walked
from tests.release import figures

pytestmark = pytest.mark.xdist_group("statements")  # what is counted is made once

RECORDED = Path(__file__).parents[1] / "release" / "statements.json"
NOT_PAGES = {"static", "openapi.spec"}
OWN_DAY = "accounts.today"
TASKS = {
    "bank": ("petru", "bank.import"),
    "books_import": ("petru", "books.check"),
    "cases_import": ("ana", "cases.check"),
    "provider_imports": ("vera", "providers.check"),
    "users_import": ("dan", "users.check"),
}
"""Long work is its starter's own: who starts it, and what, by the blueprint that shows it."""

__all__ = ["walked"]


MOST_ROWS = 102
"""What one statement of a page may read: the longest offer of a choice, one more, and who is chosen."""
CASELOAD = "FROM case_member \nWHERE case_member.user_id = "
"""Who acts brings the ids of their cases along: as many as one person can answer for."""
CROWD = {
    "organisation": {"id": "id", "name": "t.name || n"},
    "provider": {"id": "organisation.id", "identifier": "t.identifier || n"},
    "user_account": {"id": "id", "email": "n || t.email"},
    "user_role": {"user_id": "user_account.user_id"},
    "case_file": {"id": "id", "code": "t.code || n"},
    "case_member": {"case_id": "case_file.case_id"},
    "inbox_message": {"id": "id", "key": "t.key || n"},
}
"""More of what lists and choices show than they may: each row of these tables `MOST_ROWS` times."""


def crowd(session) -> None:
    """Copy the rows of `CROWD`; what hangs on a copied row hangs on its copies."""
    for table, changed in CROWD.items():
        made = ", ".join(f"'{name}', {_fresh(table, said)}" for name, said in changed.items())
        session.execute(
            text(
                f"INSERT INTO {table} SELECT r.* FROM {table} t, generate_series(1, {MOST_ROWS}) n,"
                f" jsonb_populate_record(t, jsonb_build_object({made})) r"
            )
        )


def _fresh(table: str, said: str) -> str:
    """Return what a copy has: its own id, that of the copy that it hangs on, or as it is said."""
    if said == "id":
        return f"md5('{table}' || t.id || n)::uuid"
    above, dot, column = said.partition(".")
    return f"md5('{above}' || t.{column} || n)::uuid" if dot and above in CROWD else said


@pytest.fixture(scope="module")
def looked_at(walked):
    """The world of the walk, a crowd, and a task of each kind."""
    app, world = walked
    with as_system(app) as session:
        crowd(session)
        for blueprint, (person, kind) in TASKS.items():
            starter = Actor(world.user_ids[person], ActorKind.PERSON)
            task = tasks.queue(session, kind=kind, actor=starter, now=clock.now())
            world.mine[blueprint] = task.id
        session.commit()
    return app, world


@pytest.fixture(scope="module", autouse=True)
def a_slow_run_sends_no_more():
    """That a session is in use is noted twice a minute, on whatever page the minute falls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_in, "_SEEN_EVERY", timedelta(days=1))
        yield


@contextmanager
def statements() -> Iterator[list[tuple[str, int]]]:
    """Collect what is sent to PostgreSQL meanwhile over whatever connection, and how many rows came."""
    seen: list[tuple[str, int]] = []

    def note(*args) -> None:
        seen.append((args[2], args[1].rowcount))

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", note)


def looks(app, world) -> Iterator[tuple[str, object, str | None, dict]]:
    """Yield what is opened: its name in the record, the rule, who opens it, and the values."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in rule.methods or rule.endpoint in NOT_PAGES:
            continue
        if app.view_functions[rule.endpoint].permission is WebPermission.ANYONE:
            yield rule.rule, rule, None, fill(app, rule, world.mine)
            continue
        may = openers(app, world, rule)
        chosen = list(may if rule.endpoint == OWN_DAY else islice(may, 1))
        assert chosen, f"nobody may open {rule.rule}: give tests/house/world.py what it shows"
        for person, values in chosen:
            yield f"{rule.rule} by {person}", rule, person, values


def openers(app, world, rule) -> Iterator[tuple[str, dict]]:
    """Yield who may open an address of what Ana's side has, and the values in it."""
    for person in PEOPLE:
        values = fill(app, rule, world.mine, world, person)
        if "task_id" in values:
            values["task_id"] = world.mine[rule.endpoint.partition(".")[0]]
        if says(app, world.tokens[person], rule, "GET", values) == "open":
            yield person, values


def cost(app, world, rule, person: str | None, values: dict) -> list[tuple[str, int]]:
    """Return the statements of the second look at a page, each with its rows."""
    token = world.tokens[person] if person else None
    first = ask(app, token, "GET", rule, values)
    with statements() as seen:
        second = ask(app, token, "GET", rule, values)
    assert first.status_code == second.status_code < 500
    return seen


def problems(kept: dict[str, int], found: dict[str, int]) -> list[str]:
    """Say each page that asks more often, and each that the record and the house disagree on."""
    more = [
        f"{page} sends {found[page]} statements, it was {kept[page]}: find the loop"
        for page in kept.keys() & found.keys()
        if found[page] > kept[page]
    ]
    fresh = [f"{page} is new: record it" for page in found.keys() - kept.keys()]
    gone = [f"{page} is not opened any more: record that" for page in kept.keys() - found.keys()]
    return sorted(more + fresh + gone)


@pytest.fixture(scope="module")
def sent(looked_at):
    """What each page sends, by its name."""
    app, world = looked_at
    return {name: cost(app, world, *look) for name, *look in looks(app, world)}


def test_a_page_reads_as_much_of_a_table_as_it_shows_however_much_is_there(sent):
    long = [
        f"{page} reads {rows} rows: {statement[:300]}"
        for page, statements in sent.items()
        for statement, rows in statements
        if rows > MOST_ROWS and CASELOAD not in statement
    ]
    assert long == [], "\n".join(long)


def test_no_page_sends_more_statements_than_it_did(sent):
    found = {page: len(statements) for page, statements in sent.items()}
    if os.environ.get("PUNTE_RECORD"):
        figures.write(found, RECORDED)
    kept = figures.read(RECORDED)
    for page in sorted(page for page in kept.keys() & found.keys() if found[page] < kept[page]):
        print(f"{page} sends {found[page]} statements, it was {kept[page]}: record it")  # noqa: T201 - a hint
    said = problems(kept, found)
    assert said == [], "\n".join(said)


def test_a_page_that_asks_once_more_is_said():
    assert problems({"/a": 3, "/b": 3}, {"/a": 4, "/b": 2, "/c": 1}) == [
        "/a sends 4 statements, it was 3: find the loop",
        "/c is new: record it",
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_what_is_sent_is_counted(session, times):
    with statements() as seen:
        for _ in range(times):
            session.connection().exec_driver_sql("SELECT 1")
    assert seen.count(("SELECT 1", 1)) == times
