"""A locked row is seen as it is now, and nobody else changes it until the end."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import NotFound
from reintegration.kernel.locking import lock


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
    other.execute(text(f"UPDATE {table} SET updated_at = now() WHERE id = :id"), {"id": row.id})


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
