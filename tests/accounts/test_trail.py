"""The trail is read in words, found by the code of a case, cut by two days, and taken out."""

import ast
import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.views.act_words import ACTS, SUBJECTS
from reintegration.accounts.views.field_words import ABOUT, FIELDS
from reintegration.cases.services import vault
from reintegration.cases.services.registration import FACTS
from reintegration.cases.states import ConsentScope, IndexKind
from reintegration.kernel import audit
from reintegration.kernel.audit import AuditEvent, Subject
from reintegration.plans.services.planning import Step
from tests.factories.casework import make_case
from tests.factories.cast import NOW, TODAY, actor
from tests.house import names, source

CHOSEN = {
    "registration: changed": FACTS,
    "planning: changed": [*Step.__dataclass_fields__],
    "plan_lines: changed": [
        *("unit", "units", "unit_price_minor", "ceiling_minor", "budget_line_id", "description")
    ],
    "planning: fields": [],
    "users: sorted(changed)": ["name", "email", "supervisor"],
    "vault: identity.told": vault.FIELDS,
    "vault: names": vault.FIELDS,
    "vault: FIELDS": vault.FIELDS,
    "vault: _INDEXED": vault.FIELDS,
    "name_exports: vault.FIELDS": vault.FIELDS,
    "duplicates: map(str, values)": [*IndexKind],
    "consent: (consent.scope,)": [*ConsentScope],
    "consent_ends: (consent.scope,)": [*ConsentScope],
    "claims: told": ["lines"],
    "trail: asked": ["action", "actor", "subject", "case", "since", "until"],
    "audit: fields": [],
}
"""Where the code chooses among fields while it runs, by its module, and among which."""
RECORDING = ("record", "record_many", "leave", "note_edit")
SHAPES_OF_KEYS = {
    "lapsed:{}",
    "no_contact:{}",
    "paid_twice:{}",
    "ready:{}",
    "refund:{}",
    "suspended:{}",
}
"""What has the form of an act and is the key of a message."""


def test_each_act_that_the_code_writes_down_has_its_sentence():
    written = {act for act in names.acts() if not act.endswith(("{}", "_"))}
    assert sorted(written - ACTS.keys()) == []
    assert {act.partition(":")[0] for act in ACTS} == SUBJECTS.keys()
    composed = {act.removesuffix("{}") for act in names.acts() - SHAPES_OF_KEYS if "{}" in act}
    assert [part for part in composed if not any(act.startswith(part) for act in ACTS)] == []


def spelled_in(value: ast.expr) -> set[str]:
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return spelled_in(one) | spelled_in(other)
        case ast.Tuple(elts=parts):
            return set().union(*map(spelled_in, parts))
    return set()


def test_each_field_that_the_code_writes_down_has_its_word(app):
    spelled, chosen = set(), set()
    for path, nodes in source.files():
        for node in nodes:
            if isinstance(node, ast.Call) and source.called(node) in RECORDING:
                for value in [word.value for word in node.keywords if word.arg == "fields"]:
                    texts = spelled_in(value)
                    spelled |= texts
                    chosen |= set() if texts else {f"{path.stem}: {ast.unparse(value)}"}
    assert chosen == {*CHOSEN, "requires: [page]"}
    pages = {
        rule.endpoint.rpartition(".")[2]
        for rule in app.url_map.iter_rules()
        if (view := app.view_functions[rule.endpoint]) and "GET" in (rule.methods or ())
        if getattr(view, "leaves", None) and getattr(view, "loads", None)
    }
    assert pages
    written = {str(one) for some in (spelled, pages, *CHOSEN.values()) for one in some}
    assert sorted(written ^ FIELDS.keys()) == []
    assert {one.partition(".")[2] for one in ABOUT} <= FIELDS.keys()
    assert {scope: FIELDS[scope] for scope in ConsentScope} == {
        scope: scope.label for scope in ConsentScope
    }


def note(session, cast, action, case, *, at=NOW):
    who = actor(session, cast.ana)
    about = Subject("case", case.id, case.id)
    audit.record(session, action, about, actor=who, now=at, fields=["birth_year"])


def acts_in(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>([^<]+)', page)


@pytest.fixture
def noted(session, cast):
    """Two cases; the first was read three days ago and changed today, the other closed today."""
    one, other = make_case(session, cast), make_case(session, cast)
    note(session, cast, "case:read", one, at=NOW - timedelta(days=3))
    note(session, cast, "case:edit", one)
    note(session, cast, "case:close", other)
    session.commit()
    return one, other


def test_the_trail_of_a_case_is_found_by_its_code_and_read_in_words(noted, cast, sign_in):
    irina, (one, other) = sign_in(cast.irina), noted
    page = irina.get(f"/account/audit?case={one.code.lower()}&lang=en").text
    assert acts_in(page) == ["Changed what is known in a case", "Opened a page of a case"]
    assert other.code not in page
    assert acts_in(irina.get("/account/audit?case=Nimic-0000").text) == []
    assert "Year of birth" in page
    assert "birth_year" not in page
    spoken = irina.get(f"/account/audit?case={one.code}&lang=ro").text
    assert acts_in(spoken) == ["A schimbat datele unui caz", "A deschis o pagină a unui caz"]


@pytest.mark.parametrize("typed", ["lastun-4721", "LĂSTUN-4721", " Lăstun-4721 "])
def test_a_code_is_found_however_its_letters_are_typed(noted, session, cast, sign_in, typed):
    noted[0].code = "Lăstun-4721"
    session.commit()
    browser = sign_in(cast.irina)
    assert len(acts_in(browser.get("/account/audit", query_string={"case": typed}).text)) == 2
    assert acts_in(browser.get("/account/audit?case=Lăstun").text) == []


def test_all_about_one_subject_is_offered_and_found(noted, cast, sign_in):
    irina = sign_in(cast.irina)
    page = irina.get("/account/audit?action=case:&lang=en").text
    assert '<option value="case:" selected>All about: cases' in page
    assert set(acts_in(page)) == {
        "Changed what is known in a case",
        "Closed a case",
        "Opened a page of a case",
    }


def test_the_trail_is_cut_by_two_days(noted, cast, sign_in):
    irina, (one, _) = sign_in(cast.irina), noted
    begin = f"/account/audit?lang=en&case={one.code}"
    day = (TODAY - timedelta(days=3)).isoformat()
    assert acts_in(irina.get(f"{begin}&until={day}").text) == ["Opened a page of a case"]
    assert acts_in(irina.get(f"{begin}&since={day}&until={TODAY}").text) == [
        "Changed what is known in a case",
        "Opened a page of a case",
    ]
    assert acts_in(irina.get(f"{begin}&until=9999-12-31&since={TODAY}").text) == [
        "Changed what is known in a case"
    ]


def test_the_trail_is_taken_out_as_a_file_and_that_stands_in_it(noted, cast, sign_in, session):
    irina, (one, other) = sign_in(cast.irina), noted
    answer = irina.get(f"/account/audit/export.csv?case={one.code}&lang=en")
    assert answer.mimetype == "text/csv"
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[2] == "What was done"
    assert [(row[1], row[2], row[3], row[6], row[7]) for row in rows] == [
        ("Ana Lungu", "Opened a page of a case", "case:read", one.code, "Year of birth"),
        ("Ana Lungu", "Changed what is known in a case", "case:edit", one.code, "Year of birth"),
    ]
    assert other.code not in answer.text
    taken = session.scalars(select(AuditEvent).where(AuditEvent.action == "trail:export")).one()
    assert (taken.actor_id, taken.fields) == (cast.irina.id, ["case"])


@pytest.mark.parametrize("who", ["ana", "sergiu", "dan", "petru", "maria"])
def test_nobody_but_the_auditor_takes_the_trail_out(noted, cast, sign_in, who):
    browser = sign_in(cast.people[who])
    assert browser.get("/account/audit/export.csv").status_code == 403
    assert browser.get(f"/account/audit?case={noted[0].code}").status_code == 403
