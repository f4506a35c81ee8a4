"""A preparer with statements to import, an order that was sent, and lines that fit none."""

import pytest
from sqlalchemy import select

from tests.factories.cast import TODAY, actor
from tests.factories.payments import LATER, make_batch, statement
from tests.vouchers.formats.writers import Line
from vouchers.bank.models import BankLine
from vouchers.bank.services.statement_import import import_file


@pytest.fixture
def petru(session, cast):
    return actor(session, cast.petru)


@pytest.fixture
def take(session, petru):
    def run(content, name="zi.xml"):
        report = import_file(session, actor=petru, name=name, content=content, now=LATER)
        session.commit()
        return report

    return run


@pytest.fixture
def order(session, cast):
    """An order that was sent to the bank."""
    return make_batch(session, cast, until="released").orders[0]


@pytest.fixture
def line_of(session, cast, take):
    """Import one line of `minor` that fits no order, and return it."""

    def made(minor):
        take(statement(cast, Line(minor, "MDL", TODAY, reference=f"X{minor}")), f"{minor}.xml")
        named = BankLine.bank_reference == f"X{minor}"
        return session.scalars(select(BankLine).where(named)).one()

    return made
