"""The trail is read in words, found by the code of a case, cut by two days, and taken out."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.views.act_words import ACTS, SUBJECTS
from reintegration.kernel import audit
from reintegration.kernel.audit import AuditEvent, Subject
from tests.factories.casework import make_case
from tests.factories.cast import NOW, TODAY, actor
from tests.house import names

SHAPES_OF_KEYS = {"no_contact:{}", "refund:{}", "suspended:{}"}
"""What has the form of an act and is the key of a message."""


def test_each_act_that_the_code_writes_down_has_its_sentence():
    written = {act for act in names.acts() if not act.endswith(("{}", "_"))}
    assert sorted(written - ACTS.keys()) == []
    assert {act.partition(":")[0] for act in ACTS} == SUBJECTS.keys()
    composed = {act.removesuffix("{}") for act in names.acts() - SHAPES_OF_KEYS if "{}" in act}
    assert [part for part in composed if not any(act.startswith(part) for act in ACTS)] == []


def note(session, cast, action, case, *, at=NOW):
    who = actor(session, cast.ana)
    audit.record(session, action, Subject("case", case.id, case.id), actor=who, now=at)


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
    assert [(row[1], row[2], row[3], row[6]) for row in rows] == [
        ("Ana Lungu", "Opened a page of a case", "case:read", one.code),
        ("Ana Lungu", "Changed what is known in a case", "case:edit", one.code),
    ]
    assert other.code not in answer.text
    taken = session.scalars(select(AuditEvent).where(AuditEvent.action == "trail:export")).one()
    assert (taken.actor_id, taken.fields) == (cast.irina.id, ["case"])


@pytest.mark.parametrize("who", ["ana", "sergiu", "dan", "petru", "maria"])
def test_nobody_but_the_auditor_takes_the_trail_out(noted, cast, sign_in, who):
    browser = sign_in(cast.people[who])
    assert browser.get("/account/audit/export.csv").status_code == 403
    assert browser.get(f"/account/audit?case={noted[0].code}").status_code == 403
