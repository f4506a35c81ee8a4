"""Before the only one who may decide is closed or loses the role, the page says what waits."""

import pytest

from reintegration.accounts.models import UserRole
from reintegration.accounts.queries import users
from reintegration.cases.models import CaseMember
from reintegration.cases.states import MemberRole
from reintegration.kernel.actor import Role
from reintegration.plans.services import approval
from tests.factories.casework import make_case
from tests.factories.cast import NOW
from tests.plans.plan_makers import write_plan


def page(sign_in, cast, user):
    return sign_in(cast.dan).get(f"/account/users/{user.id}?lang=en").text


@pytest.fixture
def second(session, cast):
    """Let Călin supervise too, on no case."""
    cast.calin.roles.append(UserRole(role=Role.SUPERVISOR))
    session.flush()
    return cast.calin


def test_the_only_holder_of_a_role_is_named(session, cast, sign_in):
    assert users.only_holder_of(session, cast.sergiu) == {Role.SUPERVISOR}
    assert "Nobody else is: Supervisor." in page(sign_in, cast, cast.sergiu)


def test_somebody_with_a_second_one_is_not(session, cast, sign_in, second):
    assert users.only_holder_of(session, cast.sergiu) == frozenset()
    assert "Nobody else can do" not in page(sign_in, cast, cast.sergiu)


def test_a_provider_needs_its_own(session, cast):
    assert Role.PROVIDER_COORDINATOR in users.only_holder_of(session, cast.corina)


def test_the_page_names_what_waits_for_the_only_supervisor_of_a_case(
    session, cast, sign_in, second
):
    w = write_plan(session, cast)
    approval.submit(session, w.plan, actor=w.ana, revision=w.plan.revision, now=NOW)
    make_case(session, cast)
    said = page(sign_in, cast, cast.sergiu)
    assert "On 2 open cases nobody else can decide." in said
    assert "1 plan waits for a decision there." in said
    assert w.case.code not in said


def test_with_a_second_supervisor_on_the_case_nothing_waits_for_one_alone(
    session, cast, sign_in, second
):
    w = write_plan(session, cast)
    approval.submit(session, w.plan, actor=w.ana, revision=w.plan.revision, now=NOW)
    w.case.members.append(CaseMember(user_id=second.id, role=MemberRole.SUPERVISOR, since=NOW))
    session.flush()
    assert "nobody else can decide" not in page(sign_in, cast, cast.sergiu)


def test_nobody_speaks_of_a_closed_account(session, cast, sign_in):
    cast.sergiu.disabled_at = NOW
    session.flush()
    assert "Nobody else can do" not in page(sign_in, cast, cast.sergiu)
