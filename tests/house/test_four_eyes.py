"""Four eyes over two: an act of a deputy is the act of both, wherever people are kept apart.

All policies are asked, in Python and in SQL, and all laws of the database, over every way in which
three people can have acted for themselves or for each other.
"""

import ast
from itertools import product
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import Integer, Uuid, cast, column, literal_column, select, text, values
from sqlalchemy.dialects.postgresql import ARRAY

from reintegration.kernel.actor import Actor, ActorKind
from reintegration.kernel.base import Base
from reintegration.kernel.rules import not_among, not_by
from reintegration.kernel.signing import apart, companion, signers, with_writers
from tests.house import source

A, B, C = (UUID(int=number) for number in (1, 2, 3))
PEOPLE = (A, B, C)
ACTS = [(one, other) for one in PEOPLE for other in (None, *PEOPLE) if one != other]
"""Who did something, and for whom."""
MAYBE = [(None, None), *ACTS]
LAWS = {
    ("accounting_period", "closer"): ("closed_by", ("prepared_by",)),
    ("accounting_period", "reopener"): ("reopened_by", ("reopen_asked_by",)),
    ("emergency_start", "four_eyes"): ("decided_by", ("started_by",)),
    ("plan_version", "four_eyes"): ("decided_by", ("submitted_by",)),
    ("erasure_request", "four_eyes"): ("decided_by", ("asked_by",)),
    ("name_export", "four_eyes"): ("decided_by", ("asked_by",)),
    ("offering", "four_eyes"): ("approved_by", ("assessed_by", "submitted_by")),
    ("voucher", "four_eyes"): ("approved_by", ("drafted_by",)),
    ("redemption", "four_eyes"): ("settled_by", ("recorded_by",)),
    ("bank_account", "four_eyes"): ("approved_by", ("proposed_by",)),
    ("opening_balance", "four_eyes"): ("approved_by", ("proposed_by",)),
    ("payee_account", "four_eyes"): ("approved_by", ("proposed_by",)),
    ("rule_version", "four_eyes"): ("approved_by", ("proposed_by",)),
    ("payment_batch", "approver"): ("approved_by", ("prepared_by",)),
    ("payment_batch", "releaser"): ("released_by", ("approved_by",)),
    ("stripe_reversal", "by_two"): ("confirmed_by", ("asked_by",)),
}


def person(who, for_whom=None):
    return Actor(id=who, kind=ActorKind.PERSON, for_id=for_whom)


ACTORS = [person(*act) for act in ACTS]


def asked(rule):
    """Return the fields of each call of a four-eyes rule."""
    return {
        fields
        for call in source.each(ast.Call)
        if source.called(call) == rule
        and (fields := tuple(one.value for one in call.args if isinstance(one, ast.Constant)))
    }


def rows_of(fields):
    """Return every way in which people can stand behind these acts."""
    names = [name for field in fields for name in (field, companion(field))]
    return [
        dict(zip(names, [one for act in acts for one in act], strict=True))
        for acts in product(MAYBE, repeat=len(fields))
    ]


def as_table(rows, name="acted"):
    columns = [column("number", Integer), *(column(one, Uuid()) for one in rows[0])]
    numbered = [(number, *row.values()) for number, row in enumerate(rows)]
    return values(*columns, name=name).data(numbered)


@pytest.mark.parametrize("fields", sorted(asked("not_by")), ids="+".join)
def test_every_rule_takes_a_deputy_for_two_in_python_and_in_sql(session, fields):
    rule, rows = not_by(*fields), rows_of(fields)
    table = as_table(rows)
    for actor in ACTORS:
        may = {
            number
            for number, row in enumerate(rows)
            if actor.eyes.isdisjoint(one for one in row.values() if one)
        }
        seen = SimpleNamespace
        assert may == {n for n, row in enumerate(rows) if rule.check(actor, seen(**row))}
        listed = session.scalars(select(table.c.number).where(rule.where(actor, table.c)))
        assert may == set(listed)


def test_every_field_of_a_rule_has_a_column_that_says_for_whom(app):
    assert app.blueprints
    fields = {field for found in asked("not_by") for field in found}
    kept = {
        name: table
        for table in Base.metadata.tables.values()
        for name in table.columns.keys()  # noqa: SIM118
    }
    assert fields
    assert all(companion(field) in kept for field in fields)
    for table in Base.metadata.tables.values():
        lent = {name for name in table.columns.keys() if name.endswith("_for")}  # noqa: SIM118
        assert all(f"{name.removesuffix('_for')}_by" in table.columns for name in lent)


def test_no_service_writes_who_without_saying_for_whom(app):
    assert app.blueprints
    kept = {
        name.removesuffix("_for") + "_by"
        for table in Base.metadata.tables.values()
        for name in table.columns.keys()  # noqa: SIM118
        if name.endswith("_for")
    }
    elsewhere = {
        "recorded_by": "Consent",
        "submitted_by": "Claim",
        "started_by": "BackgroundTask",
        "written_by": "Plan",  # and an offering: a list of both
    }
    bare = [
        f"{path.name}:{node.lineno}"
        for path, nodes in source.files()
        for node in nodes
        if isinstance(node, ast.Assign | ast.keyword)
        and path.parent.name in {"services", "matching"}
        for name in _written(node)
        if name in kept - elsewhere.keys() and "actor" in ast.dump(node.value)
    ]
    assert bare == []


def _written(node):
    if isinstance(node, ast.keyword):
        return [node.arg] if node.arg else []
    targets = [one for target in node.targets for one in ast.walk(target)]
    return [one.attr for one in targets if isinstance(one, ast.Attribute)]


@pytest.mark.parametrize("rule", sorted(asked("not_among")), ids="+".join)
def test_the_rule_for_many_takes_a_deputy_for_two(session, rule):
    (field,) = rule
    lists = [[], *([with_writers((), person(*act))][0] for act in ACTS)]
    columns = column("number", Integer), column(field, ARRAY(Uuid()))
    table = values(*columns, name="wrote").data(list(enumerate(lists)))
    for actor in ACTORS:
        may = {number for number, wrote in enumerate(lists) if actor.eyes.isdisjoint(wrote)}
        subjects = [SimpleNamespace(**{field: wrote}) for wrote in lists]
        asked_of = not_among(field)
        assert may == {n for n, one in enumerate(subjects) if asked_of.check(actor, one)}
        cast_to = select(
            table.c.number, cast(getattr(table.c, field), ARRAY(Uuid())).label(field)
        ).subquery()
        listed = session.scalars(select(cast_to.c.number).where(asked_of.where(actor, cast_to.c)))
        assert may == set(listed)


@pytest.mark.parametrize("law", LAWS, ids=".".join)
def test_every_law_of_the_database_takes_a_deputy_for_two(session, law):
    (table, name), (decider, others) = law, LAWS[law]
    said = session.scalar(
        text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": f"ck_{table}_{name}"},
    )
    fields = (decider, *others)
    rows = rows_of(fields)
    beside = (
        "'{}'::uuid[] AS written_by, 'accepted' AS state, 900000000 AS total_minor,"
        " 'MDL' AS currency"
    )
    acted = as_table(rows)
    stands = session.scalars(
        select(literal_column("number"))
        .select_from(select(acted, literal_column(beside)).subquery("acted"))
        .where(literal_column(said.removeprefix("CHECK ")))
    )
    apart_ = {
        number
        for number, row in enumerate(rows)
        if all(
            signers(SimpleNamespace(**row), decider).isdisjoint(
                signers(SimpleNamespace(**row), other)
            )
            for other in others
        )
    }
    assert set(stands) == apart_
    assert 0 < len(apart_) < len(rows)


def test_the_laws_above_are_all_that_keep_people_apart(session):
    found = session.scalars(
        text(
            "SELECT conname FROM pg_constraint WHERE contype = 'c'"
            " AND pg_get_constraintdef(oid) ~ '_by.*_by' AND pg_get_constraintdef(oid) ~ '&&|<>'"
        )
    )
    assert set(found) == {f"ck_{table}_{name}" for table, name in LAWS}


def test_a_law_says_both_people_of_both_acts():
    assert apart("approved_by", "prepared_by") == (
        "NOT (ARRAY[approved_by, approved_for] && ARRAY[prepared_by, prepared_for])"
    )
