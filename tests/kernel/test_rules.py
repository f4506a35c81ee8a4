"""A rule says the same of one object, of an actor before any object, and of rows."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

import pytest
from sqlalchemy import column, table
from sqlalchemy.dialects import postgresql

from reintegration.kernel import permissions, rules
from reintegration.kernel.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Role

CASE, HOME, ME = uuid4(), uuid4(), uuid4()
ROWS = table("thing", column("case_id"), column("provider_id"), column("made_by"), column("state"))
TYPED = ROWS.c


class Ask(StrEnum):
    """What this test asks for."""

    OPEN = "test:open"
    NOBODY = "test:nobody"


def person(*roles: Role, case=CASE, home=HOME, key=ME) -> Actor:
    return Actor(
        id=key,
        kind=ActorKind.PERSON,
        roles=frozenset(roles),
        organisation_id=home,
        caseload=frozenset({case}),
    )


@dataclass
class Thing:
    case_id: object = CASE
    provider_id: object = HOME
    made_by: object = None
    made_for: object = None
    state: str = "open"


def sql(rule, actor) -> str:
    return str(rule.where(actor, TYPED).compile(dialect=postgresql.dialect()))


def test_a_rule_about_the_actor_is_for_all_rows_or_for_none():
    rule = rules.has_role(Role.AUDITOR)
    assert (sql(rule, person(Role.AUDITOR)), sql(rule, person())) == ("true", "false")
    assert rule.could(person(Role.AUDITOR))
    assert not rule.could(person())


def test_a_rule_about_the_object_holds_for_no_page_but_could_for_some_object():
    assert rules.on_case_team.check(person(), Thing())
    assert not rules.on_case_team.check(person(), None)
    assert rules.on_case_team.could(person())


def test_both_must_hold():
    rule = rules.has_role(Role.SUPERVISOR) & rules.own_organisation
    assert rule.check(person(Role.SUPERVISOR), Thing())
    assert not rule.check(person(Role.SUPERVISOR), Thing(provider_id=uuid4()))
    assert not rule.could(person())
    assert sql(rule, person(Role.SUPERVISOR)).startswith("thing.provider_id =")
    assert sql(rule, person()) == "false"


def test_one_of_them_is_enough():
    rule = rules.has_role(Role.AUDITOR) | rules.own_organisation
    assert rule.check(person(Role.AUDITOR), Thing(provider_id=uuid4()))
    assert rule.check(person(), Thing())
    assert sql(rule, person(Role.AUDITOR)) == "true"
    assert sql(rule, person()).startswith("thing.provider_id =")


def test_a_caseload_of_any_size_is_one_statement():
    small, large = person(), Actor(ME, ActorKind.PERSON, caseload=frozenset(uuid4() for _ in "abc"))
    assert sql(rules.on_case_team, small) == sql(rules.on_case_team, large)


def test_who_has_no_organisation_owns_nothing():
    assert not rules.own_organisation.check(person(home=None), Thing(provider_id=None))
    assert sql(rules.own_organisation, person(home=None)) == "false"


@pytest.mark.parametrize(("made_by", "holds"), [(None, True), (uuid4(), True), (ME, False)])
def test_four_eyes(made_by, holds):
    assert rules.not_by("made_by").check(person(), Thing(made_by=made_by)) is holds


def test_four_eyes_need_a_person():
    assert not rules.not_by("made_by").check(SYSTEM, Thing())
    assert sql(rules.not_by("made_by"), SYSTEM) == "false"


def test_what_is_denied_to_everyone_shows_no_row():
    assert not permissions.permits(person(), Ask.NOBODY, Thing())
    assert not permissions.could(person(), Ask.NOBODY)
    assert str(permissions.where(person(), TYPED, Ask.NOBODY)) == "false"


def test_a_permission_has_one_rule(monkeypatch):
    monkeypatch.setattr(permissions, "_policy", {})
    permissions.register({Ask.OPEN: rules.anyone})
    permissions.register({Ask.OPEN: rules.anyone})
    with pytest.raises(ValueError, match="test:open has two policies"):
        permissions.register({Ask.OPEN: rules.signed_in})


def test_rows_of_several_permissions_are_joined(monkeypatch):
    monkeypatch.setattr(permissions, "_policy", {})
    permissions.register({Ask.OPEN: rules.signed_in})
    assert str(permissions.where(person(), TYPED, Ask.OPEN, Ask.NOBODY)) == "true"
    assert str(permissions.where(ANONYMOUS, TYPED, Ask.OPEN, Ask.NOBODY)) == "false"
