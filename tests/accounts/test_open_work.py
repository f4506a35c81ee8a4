"""What a colleague who leaves would leave behind is one list, shown before the account is closed."""

from reintegration.plans.services import approval
from tests.factories.casework import make_case
from tests.factories.cast import NOW
from tests.factories.deputies import make_deputyship
from tests.factories.payments import make_batch
from tests.plans.plan_makers import write_plan


def listed(sign_in, reader, user):
    return sign_in(reader).get(f"/account/users/{user.id}/open-work?lang=en")


def test_a_case_manager_leaves_cases_which_the_supervisor_hands_over(session, cast, sign_in):
    case = make_case(session, cast)
    page = listed(sign_in, cast.sergiu, cast.ana).text
    assert "Cases that this person manages" in page
    assert f"/hand-overs/from/{cast.ana.id}" in page
    for_admin = listed(sign_in, cast.dan, cast.ana).text
    assert "Cases that this person manages" in for_admin
    assert case.code not in for_admin
    assert "/hand-overs/from" not in for_admin


def test_a_supervisor_leaves_plans_and_people(session, cast, sign_in):
    w = write_plan(session, cast)
    approval.submit(session, w.plan, actor=w.ana, revision=w.plan.revision, now=NOW)
    page = listed(sign_in, cast.dan, cast.sergiu).text
    assert "Plans that wait for a decision" in page
    assert "People whom this person supervises" in page


def test_an_approver_leaves_batches_and_deputyships(session, cast, sign_in):
    make_batch(session, cast)
    make_deputyship(session, cast.alina, cast.radu)
    page = listed(sign_in, cast.dan, cast.alina).text
    assert "Batches that wait for approval" in page
    assert "Deputyships" in page


def test_where_nothing_waits_the_page_says_so(session, cast, sign_in):
    assert "Nothing waits for this person" in listed(sign_in, cast.dan, cast.irina).text


def test_nobody_else_sees_it(session, cast, sign_in):
    assert listed(sign_in, cast.sergiu, cast.petru).status_code == 404
    assert listed(sign_in, cast.ana, cast.calin).status_code == 403


def test_closing_an_account_first_says_what_would_stay(session, cast, sign_in):
    make_case(session, cast)
    browser = sign_in(cast.dan)
    page = browser.get(f"/account/users/{cast.ana.id}/close?lang=en").text
    assert "Work would stay behind" in page
    assert "Cases that this person manages: 1." in page
    assert "Work would stay behind" not in (
        browser.get(f"/account/users/{cast.irina.id}/close?lang=en").text
    )
