"""Whom a request speaks for is decided by one table, and nothing else looks at headers for it."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from reintegration.kernel.actor import ANONYMOUS
from reintegration.web import credentials
from reintegration.web.credentials import Door
from reintegration.web.current import current_actor
from tests.database import ROOT
from tests.factories.vouchers import make_token
from tests.house import names
from tests.house.source import PRODUCT

OF_THE_TABLE = {"reintegration/accounts/views/credentials.py", "vouchers/stripe_rail/credential.py"}
SHOWS_WHO_ASKS = {"authorization", "cookies"}
HEADERS_OF_PROOF = {"authorization", "cookie", "x-api-key", "x-signature", "stripe-signature"}


def looks_at_proof(path: Path) -> bool:
    """Whether a module reads what shows who asks: cookies, or a header of that kind."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in SHOWS_WHO_ASKS:
            return True
        if isinstance(node, ast.Constant) and str(node.value).lower() in HEADERS_OF_PROOF:
            return True
    return False


def test_nothing_but_the_table_reads_what_shows_who_asks():
    reading = {
        str(path.relative_to(ROOT))
        for building in PRODUCT
        for path in (ROOT / building).rglob("*.py")
        if looks_at_proof(path)
    }
    assert reading == OF_THE_TABLE


@pytest.mark.parametrize("door", Door)
def test_each_door_takes_one_kind_of_proof(app, door):
    assert credentials.registered()[door].door is door


def test_what_becomes_of_each_proof_stands_in_the_trail(app):
    acts = names.acts()
    for kind in credentials.registered().values():
        assert set(kind.acts) <= acts


def test_only_doors_that_no_browser_opens_by_itself_go_without_a_form_token(app: Flask):
    exempt = app.extensions["csrf"]._exempt_blueprints
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        if blueprint in exempt:
            assert rule.rule.startswith(tuple(credentials.PREFIXES.values()))
    assert not any(credentials.registered()[door].sent_by_browser for door in credentials.PREFIXES)
    assert not app.extensions["csrf"]._exempt_views


def test_a_proof_that_browsers_send_cannot_open_the_programs_door(app):
    session_kind = credentials.registered()[Door.PAGES]
    with pytest.raises(ValueError, match="another site"):
        credentials.register(replace(session_kind, name="other", door=Door.PROGRAMS))


def test_a_door_that_is_taken_is_not_given_to_another_kind(app):
    bearer = credentials.registered()[Door.PROGRAMS]
    with pytest.raises(ValueError, match="programs is opened by bearer"):
        credentials.register(replace(bearer, name="other"))


@pytest.mark.parametrize("path", ["/account/today", "/api/v1/redemptions"])
def test_a_proof_speaks_at_its_own_door_only(app, session, cast, path):
    token = make_token(session, cast.provider.id)[1]
    session.commit()
    with app.test_request_context(path, headers={"Authorization": f"Bearer {token}"}):
        actor = current_actor()
    bearer = credentials.registered()[Door.PROGRAMS]
    assert actor.kind is (bearer.speaks_as if path.startswith("/api") else ANONYMOUS.kind)
