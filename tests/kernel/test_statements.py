"""ConstantStatement statements: sent as they are, in the session's own transaction."""

import pytest
from sqlalchemy import select, update

from reintegration.kernel import statements
from reintegration.kernel.statements import ConstantStatement, insert_into, insert_rows
from reintegration.kernel.tries import TryCounter
from tests.factories.cast import NOW
from vouchers.voucher.models import Redemption


def test_a_constant_statement_sees_what_is_pending_and_goes_with_its_transaction(session):
    session.add(TryCounter(key="a", spent=1, window_ends_at=NOW))
    more = ConstantStatement(
        update(TryCounter.__table__).values(spent=TryCounter.__table__.c.spent + 1)
    )
    assert more.run(session, {}).rowcount == 1
    insert_into(TryCounter, ("key", "spent", "window_ends_at")).run(
        session, {"key": "b", "spent": 5, "window_ends_at": NOW}
    )
    rows = session.execute(select(TryCounter.key, TryCounter.spent).order_by(TryCounter.key))
    assert [tuple(row) for row in rows] == [("a", 2), ("b", 5)]
    session.rollback()
    assert session.scalar(select(TryCounter.key)) is None


def test_a_list_that_grows_is_refused(session):
    listed = ConstantStatement(
        select(TryCounter.__table__).where(TryCounter.__table__.c.key.in_(["a"]))
    )
    with pytest.raises(ValueError, match="grows"):
        listed.run(session, {})


def test_an_insert_that_leaves_a_default_to_the_model_is_refused(session):
    with pytest.raises(ValueError, match="id"):
        insert_into(Redemption, ("receipt",)).run(session, {"receipt": "R-1"})


def test_many_rows_travel_in_parts_and_all_arrive(session, monkeypatch):
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)
    rows = ((name, 1, NOW) for name in "abcde")
    insert_rows(session, TryCounter, ("key", "spent", "window_ends_at"), rows)
    assert list(session.scalars(select(TryCounter.key).order_by(TryCounter.key))) == list("abcde")
