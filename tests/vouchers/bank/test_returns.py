"""“Post the return” takes what a bank can have sent back, and nothing else."""

import pytest
from sqlalchemy import select

from reintegration.kernel.errors import Invalid
from reintegration.kernel.money import Money
from tests.factories.cast import TODAY, actor
from tests.factories.payments import LATER, bank_line, make_batch, statement
from vouchers.bank.models import BankLine
from vouchers.bank.services import endings
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services.returns import RETURN_CHARGES_AT_MOST, is_whole


@pytest.fixture
def order(session, cast):
    """An order that the bank has paid."""
    order = make_batch(session, cast, until="released").orders[0]
    read(session, cast, bank_line(order))
    return session.get_one(PaymentOrder, order.id)


def read(session, cast, line):
    petru, content = actor(session, cast.petru), statement(cast, line)
    import_file(session, actor=petru, name="zi.xml", content=content, now=LATER)
    session.commit()


def came_in(session, cast, order, minor):
    read(session, cast, bank_line(order, minor=minor, end_to_end="", text="retur", reference="R1"))
    return session.scalars(select(BankLine).where(BankLine.amount_minor == minor)).one()


def test_a_line_of_one_ban_brings_no_order_back_and_books_no_charges(session, cast, order):
    line = came_in(session, cast, order, 1)
    petru = actor(session, cast.petru)
    with pytest.raises(Invalid):
        endings.mark_returned(session, line, actor=petru, order=order, now=LATER)
    assert order.state == "settled"


def test_an_order_in_another_currency_is_refused_in_words(session, cast, order):
    line = came_in(session, cast, order, order.amount_minor - 100)
    line.currency = "EUR"
    petru = actor(session, cast.petru)
    with pytest.raises(Invalid):
        endings.mark_returned(session, line, actor=petru, order=order, now=LATER)
    session.rollback()


def test_an_order_comes_back_less_what_a_bank_may_charge():
    ordered, most = Money(100_000, "MDL"), RETURN_CHARGES_AT_MOST.initially["MDL"]
    assert is_whole(ordered, ordered - most, most, on=TODAY)
    more = most + Money(1, "MDL")
    assert not is_whole(ordered, ordered - more, more, on=TODAY)
    assert not is_whole(ordered, ordered, Money(1, "MDL"), on=TODAY)
    assert not is_whole(ordered, Money(100_000, "EUR"), Money(0, "EUR"), on=TODAY)
