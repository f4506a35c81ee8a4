"""A supervisor who is named late joins the cases on which nobody could decide, and no others."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage, UserRole
from reintegration.accounts.services.users import Details
from reintegration.cases.models import CaseMember
from reintegration.cases.services import registration
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from tests.factories.cast import NOW, actor, make_person


@pytest.fixture
def newcomer(session, cast):
    """Another supervisor of the same office."""
    person = make_person("sandu", cast.programme, "Sandu Croitoru", Role.SUPERVISOR)
    session.add(person)
    session.flush()
    return person


@pytest.fixture
def name_supervisor(session, cast, sign_in):
    """Return a function with which the administrator gives Ana a supervisor."""
    dan = sign_in(cast.dan)

    def choose(supervisor):
        page = dan.post(
            f"/account/users/{cast.ana.id}/change",
            data={
                "name": cast.ana.name,
                "email": cast.ana.email,
                "supervisor": str(supervisor.id),
                "seen": Details.of(cast.ana).mark,
            },
        )
        assert page.status_code == 302
        session.expire_all()

    return choose


def open_case(session, cast):
    return registration.register(session, actor=actor(session, cast.ana), now=NOW)


def supervising(session, case):
    """Return who supervises the case now."""
    statement = select(CaseMember.user_id).where(
        CaseMember.case_id == case.id, CaseMember.role == "supervisor", CaseMember.until.is_(None)
    )
    return set(session.scalars(statement))


def test_she_joins_is_told_and_the_trail_says_who_named_her(
    session, cast, sign_in, name_supervisor
):
    cast.ana.supervisor_id = None
    case = open_case(session, cast)
    assert supervising(session, case) == set()
    sergiu = sign_in(cast.sergiu)
    assert sergiu.get(f"/cases/{case.id}").status_code == 404
    name_supervisor(cast.sergiu)
    assert supervising(session, case) == {cast.sergiu.id}
    assert sergiu.get(f"/cases/{case.id}").status_code == 200
    message = session.scalars(select(InboxMessage)).one()
    assert (message.user_id, message.link) == (cast.sergiu.id, f"/cases/{case.id}")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "case:add_member")).one()
    assert (event.actor_id, event.case_id) == (cast.dan.id, case.id)


def test_she_joins_each_case_that_is_opened_from_then_on(session, cast):
    assert supervising(session, open_case(session, cast)) == {cast.sergiu.id}


def test_a_case_that_somebody_supervises_stays_with_them(session, cast, newcomer, name_supervisor):
    case = open_case(session, cast)
    name_supervisor(newcomer)
    assert supervising(session, case) == {cast.sergiu.id}


@pytest.mark.parametrize("why", ["closed", "no supervisor"])
def test_who_can_no_longer_decide_does_not_count(session, cast, newcomer, name_supervisor, why):
    case = open_case(session, cast)
    if why == "closed":
        cast.sergiu.disabled_at = NOW
    else:
        cast.sergiu.roles = [UserRole(role=Role.CASE_MANAGER.value)]
    session.flush()
    name_supervisor(newcomer)
    assert newcomer.id in supervising(session, case)


def test_a_co_worker_becomes_the_supervisor(session, cast, newcomer, name_supervisor):
    cast.ana.supervisor_id = None
    case = open_case(session, cast)
    case.members.append(CaseMember(user_id=newcomer.id, role="co_worker", since=NOW, until=NOW))
    session.flush()
    name_supervisor(newcomer)
    assert supervising(session, case) == {newcomer.id}


def test_closed_cases_and_those_of_others_stay_shut(session, cast, name_supervisor):
    cast.ana.supervisor_id = cast.calin.supervisor_id = None
    shut = open_case(session, cast)
    shut.state, shut.closed_at, shut.closure_reason = "closed", NOW, "goals_achieved"
    other = registration.register(session, actor=actor(session, cast.calin), now=NOW)
    session.flush()
    name_supervisor(cast.sergiu)
    assert supervising(session, shut) == supervising(session, other) == set()


def test_the_administrator_sees_how_many_and_nothing_else_of_them(session, cast, sign_in):
    dan, path = sign_in(cast.dan), f"/account/users/{cast.ana.id}/change?lang=en"
    cast.ana.supervisor_id = None
    assert "Open cases without a supervisor" not in dan.get(path).text
    cases = [open_case(session, cast) for _ in range(2)]
    page = dan.get(path).text
    assert "which the new one joins: 2." in page
    assert [case.code for case in cases if case.code in page] == []
