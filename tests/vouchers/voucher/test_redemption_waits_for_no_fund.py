"""A fund that is being changed keeps nobody waiting at a desk."""

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from tests.factories.casework import make_casework
from tests.factories.vouchers import deliver, make_voucher
from vouchers.books.models import Fund
from vouchers.books.services.funds import lock_fund


@pytest.fixture
def issued(session, cast):
    made = make_voucher(session, cast, make_casework(session, cast))
    session.commit()
    session.execute(text("SET LOCAL lock_timeout = '300ms'"))
    return made


@pytest.fixture
def finance(committed_db):
    """Another session, which changes the fund meanwhile."""
    engine = create_engine(committed_db.url)
    with Session(engine) as own:
        act_as(own, SYSTEM)
        yield own
    engine.dispose()


def test_a_redemption_does_not_wait_for_its_locked_fund(session, cast, issued, finance):
    lock_fund(finance, cast.fund.id)
    assert deliver(session, cast.rita, issued).redemption_id


def test_it_would_wait_for_a_lock_that_takes_the_key(session, cast, issued, finance):
    finance.execute(select(Fund.id).where(Fund.id == cast.fund.id).with_for_update())
    with pytest.raises(OperationalError, match="lock timeout"):
        deliver(session, cast.rita, issued)
    session.rollback()
