"""A locked row is seen as it is now, and nobody else changes it until the end."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.base import Base
from reintegration.kernel.db import act_as, acting_as_system
from reintegration.kernel.errors import NotFound
from reintegration.kernel.locking import ORDER, committed, lock
from tests.at_once import at_once
from tests.factories.cast import actor

LOSE = text("DO $$ BEGIN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END $$")


@pytest.fixture
def offering(cast):
    return cast.offerings[ServiceCategory.MENTAL_HEALTH]


@pytest.fixture
def somebody_else(session, cast):
    with Session(session.get_bind()) as other:
        act_as(other, SYSTEM)
        other.execute(text("SET lock_timeout = '50ms'"))
        yield other


def change(other, table, row):
    change_by_id(other, table, row.id)


def change_by_id(other, table, row_id):
    other.execute(text(f"UPDATE {table} SET updated_at = now() WHERE id = :id"), {"id": row_id})


def test_what_somebody_changed_meanwhile_is_seen(session, offering, somebody_else):
    assert offering.name
    somebody_else.execute(text("UPDATE offering SET name = 'Alt nume'"))
    somebody_else.commit()
    assert lock(session, offering).name == "Alt nume"


def test_the_row_is_held_and_what_is_joined_to_it_is_not(session, offering, somebody_else):
    lock(session, offering)
    change(somebody_else, "provider", offering.provider)
    with pytest.raises(OperationalError, match="lock timeout"):
        change(somebody_else, "offering", offering)


def test_a_row_that_is_gone_is_not_found(session, cast, offering, somebody_else):
    spare = type(offering)(
        **{
            column.key: getattr(offering, column.key)
            for column in type(offering).__table__.columns
            if column.key not in {"id", "name"}
        },
        name="De prisos",
    )
    session.add(spare)
    session.commit()
    somebody_else.execute(text("DELETE FROM offering WHERE id = :id"), {"id": spare.id})
    somebody_else.commit()
    with pytest.raises(NotFound):
        lock(session, spare)


def crosswise(first, second):
    """Change two rows, in the order given, whatever the written one is."""

    def act(own):
        def change_both():
            change_by_id(own, *first)
            change_by_id(own, *second)

        committed(own, change_both)

    return act


@pytest.mark.out_of_order
def test_what_lost_a_race_is_done_once_more(session, offering):
    rows = ("offering", offering.id), ("provider", offering.provider_id)
    outcomes = at_once(session, crosswise(*rows), crosswise(*reversed(rows)))
    assert outcomes == [None, None]


def test_what_loses_twice_is_told(session):
    tried = []

    def lose():
        tried.append(1)
        session.execute(LOSE)

    with pytest.raises(OperationalError):
        committed(session, lose)
    assert len(tried) == 2


def test_a_refusal_is_not_done_again(session):
    tried = []

    def refuse():
        tried.append(1)
        raise NotFound

    with pytest.raises(NotFound):
        committed(session, refuse)
    assert len(tried) == 1


def test_stepping_back_from_the_system_runs_nothing_in_what_was_given_up(session, cast):
    act_as(session, actor(session, cast.ana))
    with pytest.raises(OperationalError, match="deadlock"), acting_as_system(session):
        session.execute(LOSE)
    session.rollback()
    shown = session.scalar(text("SELECT current_setting('punte.actor')"))
    assert shown == str(cast.ana.id)


def test_the_order_names_tables_that_there_are(app):
    assert set(ORDER) <= set(Base.metadata.tables)
    assert len(set(ORDER)) == len(ORDER)
