"""Several cases at once: offered by a supervisor, moved only when the colleague accepts."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.cases.services import handing_over, team
from reintegration.cases.states import CaseState, ClosureReason, HandOverAnswer, MemberRole
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.casework import make_case
from tests.factories.cast import NOW, actor
from tests.factories.deputies import deputy_of


@pytest.fixture
def cases(session, cast):
    made = [make_case(session, cast) for _ in range(3)]
    for case in made:
        case.contact_hours = "after six, never by phone"
    session.commit()
    return made


def offer(session, cast, cases, *, by=None, user=None, stays=False, reason="leaves in June"):
    made = handing_over.offer(
        session,
        actor=by or actor(session, cast.sergiu),
        manager=cast.ana,
        cases=cases,
        user=user or cast.calin,
        stays=stays,
        reason=reason,
        now=NOW,
    )
    session.commit()
    return made


def answer(session, cast, made, cases, how=handing_over.accept, by=None):
    who = actor(session, by or cast.calin)
    session.commit()
    left = how(session, made, [case.id for case in cases], actor=who, now=NOW)
    session.commit()
    return left


def managers(session, cases):
    session.expire_all()
    return [case.manager_id for case in cases]


def test_nothing_moves_before_the_colleague_accepts(session, cast, cases):
    offer(session, cast, cases)
    assert set(managers(session, cases)) == {cast.ana.id}


def test_the_colleague_takes_some_and_the_others_stay(session, cast, cases):
    made = offer(session, cast, cases)
    answer(session, cast, made, cases[:2])
    assert managers(session, cases) == [cast.calin.id, cast.calin.id, cast.ana.id]
    assert made.closed_at is None
    answer(session, cast, made, cases[2:], handing_over.refuse)
    assert managers(session, cases)[2] == cast.ana.id
    assert made.closed_at is not None


def test_how_the_person_may_be_reached_stays(session, cast, cases):
    answer(session, cast, offer(session, cast, cases), cases)
    session.expire_all()
    assert {case.contact_hours for case in cases} == {"after six, never by phone"}


def test_the_former_manager_leaves_or_stays_as_was_said(session, cast, cases):
    answer(session, cast, offer(session, cast, cases[:1], stays=True), cases[:1])
    answer(session, cast, offer(session, cast, cases[1:]), cases[1:])
    left = select(CaseMember.case_id).where(
        CaseMember.user_id == cast.ana.id, CaseMember.until.is_(None)
    )
    assert set(session.scalars(left)) == {cases[0].id}


def test_the_history_of_each_case_says_offered_and_handed_over(session, cast, cases):
    answer(session, cast, offer(session, cast, cases[:1]), cases[:1])
    found = select(AuditEvent.action, AuditEvent.actor_id).where(
        AuditEvent.case_id == cases[0].id, AuditEvent.action.in_(["case:offer", "case:hand_over"])
    )
    assert {tuple(row) for row in session.execute(found)} == {
        ("case:offer", cast.sergiu.id),
        ("case:hand_over", cast.calin.id),
    }


def test_a_case_that_closed_meanwhile_stays_and_is_named(session, cast, cases):
    made = offer(session, cast, cases)
    cases[0].state, cases[0].closure_reason = CaseState.CLOSED, ClosureReason.PARTIAL
    session.commit()
    assert answer(session, cast, made, cases) == [cases[0].code]
    assert managers(session, cases)[0] == cast.ana.id
    shown = handing_over.offered(session, made, actor=actor(session, cast.calin), now=NOW)
    assert [one.conflict for one in shown if one.code == cases[0].code] == [handing_over.CLOSED]


def test_a_case_that_moved_meanwhile_stays_where_it_went(session, cast, cases):
    made = offer(session, cast, cases)
    cast.vera.roles[0].role = "case_manager"
    session.commit()
    sergiu = actor(session, cast.sergiu)
    team.hand_over(
        session, cases[0], actor=sergiu, user=cast.vera, stays=False, reason="urgent", now=NOW
    )
    session.commit()
    assert answer(session, cast, made, cases[:1]) == [cases[0].code]
    assert managers(session, cases)[0] == cast.vera.id


def test_whoever_supervises_a_case_by_now_does_not_take_it_on(session, cast, cases):
    made = offer(session, cast, cases[:1])
    cases[0].members.append(
        CaseMember(user_id=cast.calin.id, role=MemberRole.SUPERVISOR, since=NOW)
    )
    session.commit()
    assert answer(session, cast, made, cases[:1]) == [cases[0].code]


def test_a_case_waits_for_one_answer_only(session, cast, cases):
    offer(session, cast, cases[:1])
    with pytest.raises(Conflict) as refused:
        offer(session, cast, cases)
    assert refused.value.params["codes"] == cases[0].code
    session.rollback()


def test_what_is_taken_back_can_no_longer_be_accepted(session, cast, cases):
    made = offer(session, cast, cases)
    handing_over.take_back(session, made, actor=actor(session, cast.sergiu), now=NOW)
    session.commit()
    with pytest.raises(Conflict):
        answer(session, cast, made, cases)
    session.rollback()
    assert {item.answer for item in made.items} == {HandOverAnswer.WITHDRAWN}


def test_only_a_supervisor_of_each_case_offers_it(session, cast, cases):
    for who in (cast.ana, cast.calin):
        with pytest.raises(NotPermitted):
            offer(session, cast, cases, by=actor(session, who))
    cases[0].members[:] = [m for m in cases[0].members if m.role is MemberRole.MANAGER]
    session.commit()
    with pytest.raises(NotPermitted):
        offer(session, cast, cases)
    session.rollback()


def test_only_the_colleague_answers_and_no_deputy_of_theirs(session, cast, cases):
    made = offer(session, cast, cases)
    ids = [case.id for case in cases]
    for who in (actor(session, cast.sergiu), deputy_of(session, cast.calin, cast.vera)):
        with pytest.raises(NotPermitted):
            handing_over.accept(session, made, ids, actor=who, now=NOW)


def test_why_and_to_whom_are_asked(session, cast, cases):
    for wrong in ({"reason": " "}, {"user": cast.ana}, {"user": cast.petru}):
        with pytest.raises(Invalid):
            offer(session, cast, cases, **wrong)
        session.rollback()
    with pytest.raises(Invalid):
        offer(session, cast, [])


def test_the_colleague_learns_the_codes_and_nothing_else(session, cast, cases, sign_in):
    made = offer(session, cast, cases)
    browser = sign_in(cast.calin)
    page = browser.get(f"/hand-overs/{made.id}?lang=en").text
    assert all(case.code in page for case in cases)
    assert browser.get(f"/cases/{cases[0].id}").status_code == 404
    act_as(session, actor(session, cast.calin))
    assert session.scalars(select(CaseFile.id)).all() == []


def test_a_stranger_does_not_find_the_offer(session, cast, cases, sign_in):
    made = offer(session, cast, cases, user=cast.calin)
    for who in (cast.vera, cast.petru, cast.dan):
        assert sign_in(who).get(f"/hand-overs/{made.id}").status_code in (403, 404)


def test_from_the_page_of_the_supervisor_to_the_answer(session, cast, cases, sign_in):
    boss = sign_in(cast.sergiu)
    assert "Ana Lungu" in boss.get("/hand-overs/?lang=en").text
    sent = boss.post(
        f"/hand-overs/from/{cast.ana.id}",
        data={
            "cases": [str(case.id) for case in cases],
            "person": str(cast.calin.id),
            "reason": "leaves in June",
        },
    )
    assert sent.status_code == 302
    browser = sign_in(cast.calin)
    assert "Cases are offered to you" in browser.get("/account/today?lang=en").text
    browser.post(f"{sent.location}/accepted", data={"cases": [str(cases[0].id)]})
    browser.post(f"{sent.location}/refused", data={"cases": [str(case.id) for case in cases[1:]]})
    assert managers(session, cases) == [cast.calin.id, cast.ana.id, cast.ana.id]
    told = session.scalars(
        select(InboxMessage.message).where(InboxMessage.user_id == cast.sergiu.id)
    )
    assert any("does not take on all" in message for message in told)
