"""A session that gathers: the same rows in the same order, in fewer statements."""

from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from reintegration.kernel import audit, clock
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent, Subject
from reintegration.kernel.gathering import gathered

SUBJECT = UUID(int=7)


def record(session, action, **more):
    audit.record(session, action, Subject("test", SUBJECT), actor=SYSTEM, now=clock.now(), **more)


def actions(session):
    return list(
        session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject_type == "test")
            .order_by(AuditEvent.id)
        )
    )


@contextmanager
def statements(session):
    """Collect the inserts into the trail that are sent."""
    sent = []

    def hear(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO audit_event"):
            sent.append(statement)

    sa_event.listen(session.get_bind(), "before_cursor_execute", hear)
    yield sent
    sa_event.remove(session.get_bind(), "before_cursor_execute", hear)


def test_rows_go_in_one_statement_in_the_order_of_the_acts(session):
    names = [f"test:{number}" for number in range(30)]
    with statements(session) as sent, gathered(session):
        for name in names:
            record(session, name)
        session.commit()
    assert len(sent) == 1
    assert actions(session) == names


def test_without_it_each_row_goes_at_once(session):
    with statements(session) as sent:
        record(session, "test:one")
        record(session, "test:two")
    assert len(sent) == 2


def test_what_stands_in_a_row_is_the_same_either_way(session):
    now = clock.now()
    told = {"reason": "Nu mai e nevoie", "fields": ("b", "a"), "data": {"n": 3, "text": "ș"}}
    for where in (gathered, _at_once):
        with where(session):
            audit.record(
                session,
                "test:same",
                Subject("test", SUBJECT, SUBJECT),
                actor=SYSTEM,
                now=now,
                **told,
            )
            session.commit()
    columns = [column for column in AuditEvent.__table__.c if column.name != "id"]
    first, second = session.execute(select(*columns).where(AuditEvent.action == "test:same")).all()
    assert tuple(first) == tuple(second)


def test_rows_are_there_before_anything_reads_them(session):
    with gathered(session):
        record(session, "test:one")
        assert actions(session) == ["test:one"]
        record(session, "test:two")
        found = session.execute(text("SELECT count(*) FROM audit_event WHERE action LIKE 'test:%'"))
        assert found.scalar_one() == 2


def test_rows_of_many_and_of_one_keep_their_order(session):
    with gathered(session):
        record(session, "test:first")
        audit.record_many(
            session, [(Subject("test"), {})], actor=SYSTEM, action="test:many", now=clock.now()
        )
        record(session, "test:last")
        session.commit()
    assert actions(session) == ["test:first", "test:many", "test:last"]


def test_a_savepoint_takes_only_what_came_after_it(session):
    with gathered(session):
        record(session, "test:before")
        savepoint = session.begin_nested()
        record(session, "test:inside")
        savepoint.rollback()
        record(session, "test:after")
        session.commit()
    assert actions(session) == ["test:before", "test:after"]


def test_a_savepoint_without_an_act_takes_nothing(session):
    with gathered(session):
        record(session, "test:before")
        session.begin_nested().rollback()
        session.commit()
    assert actions(session) == ["test:before"]


def test_a_savepoint_that_holds_keeps_its_rows(session):
    with gathered(session):
        with session.begin_nested():
            record(session, "test:inside")
        record(session, "test:after")
        session.commit()
    assert actions(session) == ["test:inside", "test:after"]


def test_a_rollback_drops_what_waits(session):
    with gathered(session):
        record(session, "test:gone")
        session.rollback()
        session.commit()
    assert actions(session) == []


def test_the_laws_hold_for_what_was_gathered(session):
    with gathered(session):
        record(session, "test:law")
        session.commit()
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("DELETE FROM audit_event"))
        session.rollback()
        record(session, None)
        with pytest.raises(IntegrityError, match="not-null"):
            session.commit()
        session.rollback()
    assert actions(session) == ["test:law"]


@contextmanager
def _at_once(_session):
    yield
