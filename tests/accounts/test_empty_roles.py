"""A role that would be empty tomorrow is told today, and some are never empty."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from reintegration.accounts.models import InboxMessage, User
from reintegration.accounts.queries import access
from reintegration.accounts.services import deputies, users
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import Conflict
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor, make_person
from tests.factories.deputies import make_deputyship

TOMORROW = TODAY + timedelta(days=1)


def told(session, user):
    rows = select(InboxMessage.params).where(
        InboxMessage.user_id == user.id, InboxMessage.key.startswith("empty_role|")
    )
    return [params["role"] for params in session.scalars(rows)]


def test_nothing_is_told_while_somebody_can_act(session, cast):
    assert access.too_few_on(session, TOMORROW) == {}
    assert deputies.warn_of_empty_roles(session, now=NOW) == 0


def test_who_named_a_deputy_is_away_until_the_deputy_accepted(session, cast):
    named = make_deputyship(session, cast.alina, cast.radu, starts_on=TOMORROW, accepted=False)
    assert access.too_few_on(session, TODAY) == {}
    assert access.too_few_on(session, TOMORROW) == {Role.FINANCE_APPROVER: 0}
    deputies.accept(session, named, actor=actor(session, cast.radu), now=NOW)
    assert access.too_few_on(session, TOMORROW) == {}


def test_a_deputy_who_is_away_themselves_does_not_count(session, cast):
    make_deputyship(session, cast.alina, cast.radu)
    make_deputyship(session, cast.radu, cast.petru)
    assert access.too_few_on(session, TOMORROW) == {Role.FINANCE_APPROVER: 0}


def test_of_vetting_officers_two_are_needed_and_a_deputy_is_one(session, cast):
    named = make_deputyship(session, cast.vera, cast.victor)
    assert access.too_few_on(session, TOMORROW) == {Role.VETTING_OFFICER: 1}
    deputies.end(session, named, actor=actor(session, cast.vera), now=NOW)
    make_deputyship(session, cast.vera, cast.dan)
    assert access.too_few_on(session, TOMORROW) == {}


def test_administrators_are_told_once_and_on_their_first_page(session, cast, sign_in):
    make_deputyship(session, cast.alina, cast.radu, accepted=False)
    for _ in range(2):
        deputies.warn_of_empty_roles(session, now=NOW)
    assert told(session, cast.dan) == ["finance_approver"]
    browser = sign_in(cast.dan)
    assert "Finance, approval: nobody can act, because they are away." in (
        browser.get("/account/today?lang=en").text
    )
    assert "in this role: Finance, approval." in browser.get("/account/inbox?lang=en").text


def test_the_doctor_says_it(session, cast, app):
    make_deputyship(session, cast.alina, cast.radu, accepted=False)
    session.commit()
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "tomorrow too few can act as finance_approver" in said


@pytest.mark.parametrize(
    ("who", "code"), [("alina", "last_approver"), ("dan", "last_administrator")]
)
def test_the_last_one_keeps_the_role_and_the_account(session, cast, who, code):
    second = make_person("second", cast.programme, "Doina Rusu", Role.ADMINISTRATOR)
    if who == "alina":
        session.add(second)
        session.flush()
    user, boss = getattr(cast, who), second if who == "alina" else cast.dan
    with pytest.raises(Conflict) as refused:
        users.set_roles(
            session, user, actor=actor(session, boss), roles=[Role.CASE_MANAGER], now=NOW
        )
    assert refused.value.code == code
    if who == "alina":
        with pytest.raises(Conflict):
            users.close(session, user, actor=actor(session, boss), now=NOW)


def test_a_deputy_does_not_stand_for_the_last_approver(session, cast):
    make_deputyship(session, cast.alina, cast.radu)
    with pytest.raises(Conflict):
        users.close(session, cast.alina, actor=actor(session, cast.dan), now=NOW)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FINANCE_APPROVER])
def test_two_that_go_at_the_same_moment_leave_one(session, cast, role):
    pair = [make_person(f"p{number}", cast.programme, f"Doina {number}", role) for number in (1, 2)]
    keeper = make_person("keeper", cast.programme, "Ion Rusu", Role.CASE_MANAGER)
    session.add_all([*pair, keeper])
    session.flush()
    for other in (cast.dan, cast.alina):
        if role in other.role_set:
            session.execute(text("DELETE FROM user_role WHERE user_id = :id"), {"id": other.id})
    session.commit()
    bosses = pair if role is Role.ADMINISTRATOR else [cast.dan, cast.dan]
    ids = [one.id for one in pair]
    actors = [actor(session, one) for one in bosses]
    session.commit()

    def closes(whom, who):
        return lambda own: users.close(
            own, own.get_one(User, ids[whom]), actor=actors[who], now=NOW
        )

    outcomes = at_once(session, closes(1, 0), closes(0, 1))
    open_ones = session.scalars(
        select(User.id).where(User.id.in_(ids), User.disabled_at.is_(None))
    ).all()
    assert len(open_ones) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1


def test_the_database_keeps_the_last_approver_past_every_service(session, cast):
    session.commit()
    with pytest.raises(IntegrityError, match="nobody would approve"):
        session.execute(text("DELETE FROM user_role WHERE role = 'finance_approver'"))
    session.rollback()
