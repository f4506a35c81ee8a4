"""Every (address, role, own | other's | missing) triple gets the answer that the policy says.

The expected answer is derived from the policy map and the loader; that strangers of a case or a
provider get nothing, and that foreign and missing look the same, is stated here by name.
No request of this walk is committed, so each one meets the same world.

Every run asks every address on every side: as nobody, as the same offices elsewhere, as somebody
who may, and as a few more that are drawn. A complete run sends everybody everywhere.
"""

import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel import permissions, tries
from reintegration.kernel.db import db
from reintegration.kernel.db import session as current_session
from reintegration.kernel.errors import NotFound
from reintegration.web import errors, transactional
from reintegration.web.credentials import MESSAGES_PREFIX
from reintegration.web.current import current_actor
from reintegration.web.requires import WebPermission
from tests.factories.cast import PEOPLE
from tests.house.world import CASE_A, CASE_B, PROVIDER_A, PROVIDER_B, World, make_world
from tests.sampling import drawn, one_of_each, shuffled
from vouchers.voucher.views.handles import handle_for

OPEN = {200, 201, 202, 204, 302, 303, 400, 409, 410, 413, 415, 422, 429}
SHUT = {403, 404}
CASE_BLUEPRINTS = {"cases", "plans", "referrals", "matching"}
"""Where only the team of a case may see anything of it."""
WITHIN = {
    "case_id": {"consent_id", "need_id", "goal_id", "milestone_id", "line_id"},
    "claim_id": {"claim_line_id"},
}
"""What belongs to one case or claim: together with another one's id it must lead nowhere."""
WALKERS = [name for name in PEOPLE if name not in {"victor", "oleg", "otilia"}]
"""One person for each role, an outsider case manager and another provider's reception."""
STRANGERS = {"calin", "olga"}
"""The same offices as Ana's and Rita's, in another team and at another provider."""
OTHERS_DRAWN = 1
PROVIDER_PEOPLE = PROVIDER_A | PROVIDER_B
WORDS = {
    "name": "activate",
    "move": "complete",
    "screen": "plan",
    "kind": "csv",
    "code": "languages",
    "entry": "ro",
}
ID_BEHIND = {"handle": "voucher_id"}
"""A variable that is not an id itself, and the id that is signed in it."""
QUERY = {"plans.line_new_submit": {"category": "mental_health"}}


@pytest.fixture(scope="module")
def walked(postgres, worker_id):
    database = postgres.clone(f"walk_{worker_id}")
    settings = configuration.from_environment(database.environment())
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    engine = create_engine(database.url)
    with Session(engine, info={"keyring": settings.new_keyring()}) as session:
        world = make_world(session)
        tries.companion(session).dispose()
    engine.dispose()
    yield app, world
    with app.app_context():
        tries.companion(current_session()).dispose()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def nothing_is_committed(monkeypatch):
    class Undone:
        def commit(self):
            current_session().rollback()

        def rollback(self):
            current_session().rollback()

    monkeypatch.setattr(transactional, "session", Undone)


@pytest.fixture(autouse=True)
def errors_are_short(monkeypatch):
    """Drawing some ten thousand error pages would take minutes; what they say is compared."""
    monkeypatch.setattr(errors, "page", lambda status, detail=None: (f"{status}: {detail}", status))


def rules() -> list[tuple[str, str]]:
    """Return (endpoint, method) of every address, without starting anything."""
    return [
        (rule.endpoint, method)
        for rule in _app_for_names().url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        if rule.endpoint not in {"static", "openapi.spec"}
    ]


def _app_for_names() -> Flask:
    environment = {
        "DATABASE_URL": "postgresql+psycopg://nobody@/none",
        "SECRET_KEY": "x" * 32,
        "PUNTE_MASTER_KEY": "A" * 43 + "=",
    }
    return create_app(configuration.from_environment(environment))


RULES = rules()


@pytest.mark.parametrize(
    ("endpoint", "method"),
    one_of_each(RULES, by=lambda endpoint, method: RULES.index((endpoint, method)) // 2),
)
def test_every_triple(walked, endpoint, method):
    app, world = walked
    rule = next(r for r in app.url_map.iter_rules(endpoint) if method in r.methods)
    names = sorted(rule.arguments)
    missing = {ID_BEHIND.get(name, name): uuid4() for name in names if name not in WORDS}
    anonymous = ask(app, None, method, rule, fill(app, rule, world.mine))
    if app.view_functions[endpoint].permission is WebPermission.ANYONE:
        assert anonymous.status_code in OPEN
        return
    if rule.rule.startswith(MESSAGES_PREFIX):
        assert anonymous.status_code == 404  # not set up; tests/vouchers/stripe_rail/
        return
    assert anonymous.status_code == 401 or anonymous.location.startswith("/account/sign-in")
    if endpoint.startswith("api_"):
        return  # tokens only: tests/vouchers/test_api.py
    for person in sent_to(app, world, rule, method):
        found = {
            side: ask(app, world.tokens[person], method, rule, fill(app, rule, ids, world, person))
            for side, ids in (("mine", world.mine), ("theirs", world.theirs))
        }
        for side, ids in (("mine", world.mine), ("theirs", world.theirs)):
            filled = fill(app, rule, ids, world, person)
            expected = says(app, world.tokens[person], rule, method, filled)
            status = found[side].status_code
            assert (status in OPEN) if expected == "open" else (status == expected), (
                f"{person}, {side}: {status}, policy says {expected}"
            )
        if missing:
            nowhere = fill(app, rule, missing, world, person)
            nothing = ask(app, world.tokens[person], method, rule, nowhere)
            assert nothing.status_code in SHUT, f"{person}, missing: {nothing.status_code}"
            for side in strangers(endpoint, person):
                assert same(found[side], nothing), f"{person} can tell {side} from missing"
        for whole in [name for name in missing if WITHIN.get(name, set()) & missing.keys()]:
            mixed = world.theirs | {whole: world.mine[whole]}
            across = fill(app, rule, mixed, world, person)
            answer = ask(app, world.tokens[person], method, rule, across)
            assert answer.status_code in SHUT, f"{person} reaches across: {answer.status_code}"


def sent_to(app: Flask, world: World, rule: Rule, method: str) -> list[str]:
    """Return whom this run sends to an address."""
    sent = STRANGERS | {somebody_who_may(app, world, rule, method)}
    others = [person for person in WALKERS if person not in sent]
    sent |= {*drawn(others, OTHERS_DRAWN, of=f"{method} {rule.rule}")}
    return [person for person in WALKERS if person in sent]


def somebody_who_may(app: Flask, world: World, rule: Rule, method: str) -> str | None:
    """Return a person, drawn, to whom the policy opens what is theirs; some doors open to none."""
    permission = app.view_functions[rule.endpoint].permission
    able = [name for name in WALKERS if permissions.could(world.actors[name], permission)]
    for person in shuffled(able, of=f"{method} {rule.rule}"):
        own = world.theirs if person in CASE_B | PROVIDER_B else world.mine
        filled = fill(app, rule, own, world, person)
        if says(app, world.tokens[person], rule, method, filled) == "open":
            return person
    return None


def strangers(endpoint: str, person: str) -> list[str]:
    """Return the sides of which this person may not learn that they exist."""
    blueprint = endpoint.split(".", maxsplit=1)[0]
    sides = []
    if blueprint in CASE_BLUEPRINTS:
        sides += [] if person in CASE_A else ["mine"]
        sides += [] if person in CASE_B else ["theirs"]
    elif person in PROVIDER_PEOPLE:
        sides += ["theirs"] if person in PROVIDER_A else ["mine"]
    return sides


def says(app: Flask, token: str, rule: Rule, method: str, ids: dict) -> str | int:
    """Return what the policy map and the loader say: "open", 403 or 404."""
    view = app.view_functions[rule.endpoint]
    headers = {"Cookie": f"punte-session={token}"}
    with app.test_request_context(address(rule, ids), method=method, headers=headers):
        actor = current_actor()
        subject = None
        try:
            if not permissions.could(actor, view.permission):
                return 403
            if view.loads is not None:
                subject = view.loads(**ids)
            allowed = permissions.permits(actor, view.permission, subject)
        except NotFound:
            return 404
        finally:
            current_session().rollback()
        return "open" if allowed else 403


def ask(app: Flask, token: str | None, method: str, rule: Rule, ids: dict):
    client = app.test_client()
    if token:
        client.set_cookie("punte-session", token)
    form = {"form_key": uuid4().hex} if method == "POST" else None
    return client.open(address(rule, ids), method=method, data=form)


def address(rule: Rule, ids: dict) -> str:
    values = ids | QUERY.get(rule.endpoint, {})
    return rule.build(values, append_unknown=rule.endpoint in QUERY)[1]


def fill(app: Flask, rule: Rule, ids: dict, world: World | None = None, person: str = "") -> dict:
    """Return a value for each variable of the address; a missing name is a gap in the world."""
    values = WORDS | ids
    if "handle" in rule.arguments:
        holder = world.user_ids[person] if world else uuid4()
        with app.app_context():
            values["handle"] = handle_for(ids["voucher_id"], holder)
    return {name: values[name] for name in rule.arguments}


def same(left, right) -> bool:
    return left.status_code == right.status_code and _bare(left) == _bare(right)


def _bare(answer) -> str:
    text = answer.get_data(as_text=True)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    return re.sub(r'(nonce|value)="[^"]*"', "", text)
