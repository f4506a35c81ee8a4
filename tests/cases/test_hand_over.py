"""Handing a case over: a supervisor says who is answerable; what is under way goes on."""

import pytest
from sqlalchemy import select

from providers.referrals.services import referrals
from providers.referrals.states import ReferralState
from reintegration.accounts.models import InboxMessage
from reintegration.cases.queries.cases import caseload_of
from reintegration.cases.services import registration, team
from reintegration.cases.states import CaseState, MemberRole
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, actor, make_person
from tests.factories.vouchers import make_referral, make_voucher
from tests.providers.makers import sent


@pytest.fixture
def case(session, cast):
    made = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    session.commit()
    return made


def hand_over(session, cast, case, to=None, *, by=None, stays=False, reason="moves to Bălți"):
    team.hand_over(
        session,
        case,
        actor=actor(session, by or cast.sergiu),
        user=to or cast.calin,
        stays=stays,
        reason=reason,
        now=NOW,
    )


def roles(case):
    return {m.user_id: m.role for m in case.members if team.is_current(m, NOW)}


def test_the_new_manager_opens_the_case_and_the_former_one_does_not(session, cast, case):
    hand_over(session, cast, case)
    assert case.manager_id == cast.calin.id
    assert roles(case) == {cast.calin.id: MemberRole.MANAGER, cast.sergiu.id: MemberRole.SUPERVISOR}
    assert case.id in caseload_of(session, actor(session, cast.calin))
    assert case.id not in caseload_of(session, actor(session, cast.ana))


def test_the_former_manager_may_stay_as_a_co_worker(session, cast, case):
    hand_over(session, cast, case, stays=True)
    assert roles(case)[cast.ana.id] == MemberRole.CO_WORKER
    assert case.id in caseload_of(session, actor(session, cast.ana))


def test_a_co_worker_becomes_the_manager_and_gives_it_back(session, cast, case):
    team.add_co_worker(session, case, actor=actor(session, cast.sergiu), user=cast.calin, now=NOW)
    hand_over(session, cast, case)
    hand_over(session, cast, case, cast.ana)
    assert roles(case)[cast.ana.id] == MemberRole.MANAGER
    assert list(roles(case).values()).count(MemberRole.MANAGER) == 1
    assert cast.calin.id not in roles(case)


def test_who_left_and_joins_again_is_a_co_worker(session, cast, case):
    hand_over(session, cast, case)
    team.add_co_worker(session, case, actor=actor(session, cast.sergiu), user=cast.ana, now=NOW)
    assert roles(case)[cast.ana.id] == MemberRole.CO_WORKER


def test_it_is_written_down_and_both_are_told(session, cast, case):
    hand_over(session, cast, case)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "case:hand_over")).one()
    assert (event.actor_id, event.case_id) == (cast.sergiu.id, case.id)
    assert event.reason == "moves to Bălți"
    assert event.data == {"from": str(cast.ana.id), "to": str(cast.calin.id), "stays": False}
    told = session.execute(
        select(InboxMessage.user_id, InboxMessage.link).where(InboxMessage.key.like("hand_over|%"))
    ).all()
    assert dict(map(tuple, told)) == {cast.calin.id: f"/cases/{case.id}", cast.ana.id: None}


def test_vouchers_and_referrals_go_on(session, cast):
    work = make_casework(session, cast)
    referral = make_referral(session, cast, work, state=ReferralState.REQUESTED.value)
    voucher = make_voucher(session, cast, work).voucher
    before = (voucher.state, referral.state)
    hand_over(session, cast, work.case)
    session.refresh(voucher)
    session.refresh(referral)
    assert (voucher.state, referral.state) == before


def test_answers_and_decisions_reach_the_new_manager(session, cast):
    work = make_casework(session, cast)
    referral = sent(session, cast, work)
    hand_over(session, cast, work.case)
    referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)
    told = select(InboxMessage.user_id).where(InboxMessage.message.contains("accepted"))
    assert session.scalars(told).all() == [cast.calin.id]


@pytest.mark.parametrize("name", ["ana", "sergiu", "petru", "dan", "rita"])
def test_only_another_case_manager_can_be_chosen(session, cast, case, name):
    with pytest.raises(Invalid):
        hand_over(session, cast, case, getattr(cast, name))


def test_nobody_with_a_closed_account_can_be_chosen(session, cast, case):
    cast.calin.disabled_at = NOW
    session.flush()
    with pytest.raises(Invalid):
        hand_over(session, cast, case)


def test_without_a_reason_nothing_changes(session, cast, case):
    with pytest.raises(Invalid):
        hand_over(session, cast, case, reason="  ")
    assert case.manager_id == cast.ana.id


@pytest.mark.parametrize("name", ["ana", "calin", "dan", "irina"])
def test_only_a_supervisor_of_the_case_hands_it_over(session, cast, case, name):
    with pytest.raises(NotPermitted):
        hand_over(session, cast, case, by=getattr(cast, name))


def test_a_supervisor_of_other_cases_does_not(session, cast, case):
    other = make_person("sanda", cast.programme, "Sanda Ursu", *cast.sergiu.role_set)
    session.add(other)
    session.flush()
    with pytest.raises(NotPermitted):
        hand_over(session, cast, case, by=other)


def test_a_closed_case_is_not_handed_over(session, cast, case):
    case.state = CaseState.CLOSED.value
    with pytest.raises(Conflict):
        hand_over(session, cast, case)


def test_the_supervisor_hands_over_on_the_page(session, cast, sign_in, case):
    supervisor, address = sign_in(cast.sergiu), f"/cases/{case.id}/hand-over"
    assert address in supervisor.get(f"/cases/{case.id}/team").text
    page = supervisor.get(address).text
    assert cast.calin.name in page
    assert f'value="{cast.ana.id}"' not in page
    refused = supervisor.post(address, data={"person": str(cast.ana.id), "reason": "x"})
    assert refused.status_code == 422
    sent = {"person": str(cast.calin.id), "reason": "moves"}
    assert supervisor.post(address, data=sent).status_code == 302
    assert sign_in(cast.calin).get(f"/cases/{case.id}").status_code == 200
    assert sign_in(cast.ana).get(f"/cases/{case.id}").status_code == 404
    assert sign_in(cast.calin).get(address).status_code == 403
