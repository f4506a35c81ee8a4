"""The deputy of a case manager sees that caseload on those days, and only then."""

import pytest
from sqlalchemy import select, text

from reintegration.accounts.models import UserRole
from reintegration.accounts.services import actors
from reintegration.cases.models import CaseFile
from reintegration.cases.services import notes, registration, team
from reintegration.cases.states import WITHOUT_CONSENT
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import NotPermitted
from reintegration.plans.services import approval
from tests.factories.casework import make_case
from tests.factories.cast import NOW, actor
from tests.factories.deputies import deputy_of, make_deputyship
from tests.plans.plan_makers import write_plan

DANGER = min(WITHOUT_CONSENT)


@pytest.fixture
def case(session, cast):
    return make_case(session, cast)


def cases_seen(session, who):
    """Return what the second wall lets through."""
    session.commit()
    act_as(session, who)
    return set(session.scalars(select(CaseFile.id)))


def test_a_deputy_sees_the_caseload_of_the_person_and_nobody_elses(session, cast, case):
    other = registration.register(session, actor=actor(session, cast.calin), now=NOW)
    session.commit()
    there = deputy_of(session, cast.ana, cast.calin)
    assert there.caseload == {case.id}
    assert cases_seen(session, there) == {case.id}
    assert cases_seen(session, actor(session, cast.calin)) == {other.id}


@pytest.mark.parametrize("how", ["before", "after", "ended", "disabled", "role"])
def test_out_of_the_days_the_database_shows_nothing(session, cast, case, how):
    named = make_deputyship(session, cast.ana, cast.calin)
    there = actors.actor_of(session, cast.calin, named)
    change = {
        "before": "UPDATE deputyship SET starts_on = starts_on + 2",
        "after": "UPDATE deputyship SET starts_on = starts_on - 9, ends_on = ends_on - 9",
        "ended": "UPDATE deputyship SET ended_at = now()",
        "disabled": f"UPDATE user_account SET disabled_at = now() WHERE id = '{cast.ana.id}'",
        "role": f"DELETE FROM user_role WHERE user_id = '{cast.ana.id}'",
    }[how]
    assert cases_seen(session, there) == {case.id}
    session.rollback()
    act_as(session, SYSTEM)
    session.execute(text(change))
    session.commit()
    assert cases_seen(session, there) == set()


def test_a_deputy_of_the_supervisor_sees_what_is_supervised_and_not_more(session, cast, case):
    cast.sergiu.roles.append(UserRole(role=Role.CASE_MANAGER))
    own = registration.register(session, actor=actor(session, cast.sergiu), now=NOW)
    session.commit()
    there = deputy_of(session, cast.sergiu, cast.calin, Role.SUPERVISOR)
    assert there.caseload == {case.id}
    own_id = own.id
    assert cases_seen(session, there) == {case.id}
    assert own_id not in there.caseload


def test_whoever_was_taken_off_a_case_does_not_come_back_as_a_deputy(session, cast, case):
    sergiu = actor(session, cast.sergiu)
    team.add_co_worker(session, case, actor=sergiu, user=cast.calin, now=NOW)
    team.remove_co_worker(session, case, actor=sergiu, user=cast.calin, now=NOW)
    session.commit()
    there = deputy_of(session, cast.ana, cast.calin)
    assert there.caseload == frozenset()
    assert cases_seen(session, there) == set()


def test_a_deputy_in_finance_sees_no_case_of_the_person(session, cast, case):
    cast.ana.roles.append(UserRole(role=Role.FINANCE_PREPARER))
    there = deputy_of(session, cast.ana, cast.calin, Role.FINANCE_PREPARER)
    assert there.caseload == frozenset()
    assert cases_seen(session, there) == set()


def test_a_case_that_a_deputy_opens_is_the_persons(session, cast):
    there = deputy_of(session, cast.ana, cast.calin)
    session.commit()
    act_as(session, there)
    made = registration.register(session, actor=there, now=NOW)
    session.commit()
    assert (made.opened_by, made.manager_id) == (cast.calin.id, cast.ana.id)


def test_a_note_says_for_whom_a_deputy_wrote_it(session, cast, sign_in):
    case = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    there = deputy_of(session, cast.ana, cast.calin)
    session.expire_all()
    note = notes.write(session, actor=there, case=case, kind=DANGER, body="A sunat sora.", now=NOW)
    assert (note.written_by, note.written_for) == (cast.calin.id, cast.ana.id)
    for page in (f"/cases/{case.id}", f"/cases/{case.id}/notes"):
        assert "Călin Rusu for Ana Lungu" in sign_in(cast.ana).get(f"{page}?lang=en").text


def test_nobody_decides_as_a_deputy_on_the_plan_that_they_wrote(session, cast):
    w = write_plan(session, cast)
    approval.submit(session, w.plan, actor=w.ana, revision=w.plan.revision, now=NOW)
    there = deputy_of(session, cast.sergiu, cast.ana)
    with pytest.raises(NotPermitted):
        approval.approve(session, w.plan, actor=there, number=1, now=NOW)


def test_a_supervisor_does_not_decide_on_what_they_wrote_as_a_deputy(session, cast):
    w = write_plan(session, cast)
    there = deputy_of(session, cast.ana, cast.sergiu)
    approval.submit(session, w.plan, actor=there, revision=w.plan.revision, now=NOW)
    assert (w.plan.submitted_by, w.plan.submitted_for) == (cast.sergiu.id, cast.ana.id)
    with pytest.raises(NotPermitted):
        approval.approve(session, w.plan, actor=actor(session, cast.sergiu), number=1, now=NOW)


def test_each_page_that_a_deputy_opens_is_kept_with_for_whom(session, cast, case, sign_in):
    named = make_deputyship(session, cast.ana, cast.calin)
    browser = sign_in(cast.calin)
    assert browser.get(f"/cases/{case.id}").status_code == 404
    browser.post(f"/account/deputies/{named.id}/acting")
    assert browser.get(f"/cases/{case.id}").status_code == 200
    looked = select(AuditEvent).where(
        AuditEvent.action == "case:read", AuditEvent.for_id == cast.ana.id
    )
    (event,) = session.scalars(looked)
    assert (event.actor_id, event.case_id) == (cast.calin.id, case.id)


def test_the_history_of_the_case_says_for_whom(session, cast, case, sign_in):
    there = deputy_of(session, cast.sergiu, cast.vera)
    session.expire_all()
    team.add_co_worker(session, case, actor=there, user=cast.calin, now=NOW)
    page = sign_in(cast.ana).get(f"/cases/{case.id}?lang=en").text
    assert "Vera Ciobanu for Sergiu Munteanu" in page
