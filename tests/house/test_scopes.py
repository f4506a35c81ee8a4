"""Each scope of consent is asked for by what it covers, or its page says that nothing is done with it."""

import ast
from collections import defaultdict

from reintegration.cases.states import CONSENT_TEXT_VERSION, ConsentScope
from tests.house.source import ROOT, files

NO_CONSUMER = {ConsentScope.ANONYMISED_STATISTICS: "No figures are made from files today."}
"""What nothing asks for yet: what its pages must say of it."""


def consumers():
    """Return by scope the modules of services and queries in which something depends on it."""
    found = defaultdict(set)
    for path, nodes in files():
        if not {"services", "queries"} & set(path.parts):
            continue
        for node in nodes:
            match node:
                case ast.Attribute(value=ast.Name(id="ConsentScope"), attr=name):
                    found[ConsentScope[name]].add(path.stem)
    return found


def test_each_scope_is_asked_for_or_says_that_nothing_is_done_with_it():
    assert consumers().keys() | NO_CONSUMER.keys() == set(ConsentScope)


def test_what_is_asked_for_nowhere_promises_nothing():
    for scope, said in NO_CONSUMER.items():
        assert scope not in consumers()
        assert said in scope.hint
        assert "no figures are made from files today" in scope.when_withdrawn


def test_no_page_promises_that_anybody_is_counted():
    folder = ROOT / "templates" / "reintegration/cases/consent_text" / CONSENT_TEXT_VERSION
    text = (folder / "en.html").read_text(encoding="utf-8")
    assert "Today no figures are made from what is written about you." in text
    assert "you are counted" not in text


def test_no_page_depends_on_what_a_deciding_body_said():
    """No form sets `identification` yet: whatever depended on it would promise what is not so."""
    asked = {
        path.name
        for path, nodes in files()
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == "identification"
    }
    shown = {
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if ".identification" in path.read_text(encoding="utf-8")
    }
    assert (asked, shown) == (set(), set())
