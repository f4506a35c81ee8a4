"""Funds: money arrives, is given to lines, moves, and comes back; never more than there is."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from vouchers.books.models import BankAccount, BudgetLine, ExchangeRate, LedgerEntry
from vouchers.books.queries.funds import figures, unallocated
from vouchers.books.services import allocation, exchange, funds, laws
from vouchers.books.services.balances import held_at_bank, trial_balances


def granted_fund(session, code, account, amount):
    found = funds.create_fund(
        session,
        actor=SYSTEM,
        code=code,
        name="Nou",
        donor="Donator",
        currency=amount.currency,
        starts_on=TODAY,
        ends_on=date(2027, 12, 31),
        now=NOW,
    )
    funds.record_grant(
        session, found, actor=SYSTEM, account=account, amount=amount, key=new_id(), now=NOW
    )
    return found


@pytest.fixture
def fund(session, cast):
    return granted_fund(session, "N-1", cast.bank_account, mdl(100_000))


@pytest.fixture
def line(session, fund):
    return add(session, fund, "A")


def test_a_line_gets_no_more_than_its_fund_received(session, fund, line):
    give(session, line, 60_000)
    with pytest.raises(Conflict) as refused:
        give(session, line, 40_001)
    assert refused.value.code == "fund_exhausted"
    assert line.available == mdl(60_000)
    assert unallocated(session, fund) == mdl(40_000)


def test_the_same_act_is_recorded_once(session, line):
    key = new_id()
    allocation.allocate(session, line, actor=SYSTEM, amount=mdl(10), key=key, now=NOW)
    with pytest.raises(Conflict) as refused:
        allocation.allocate(session, line, actor=SYSTEM, amount=mdl(10), key=key, now=NOW)
    assert refused.value.code == "repeated"
    assert line.available == mdl(10)


def test_a_line_is_reduced_to_what_is_free_and_not_below(session, line):
    give(session, line, 500)
    with pytest.raises(Conflict):
        allocation.reduce(session, line, actor=SYSTEM, amount=mdl(501), key=new_id(), now=NOW)
    allocation.reduce(session, line, actor=SYSTEM, amount=mdl(500), key=new_id(), now=NOW)
    assert line.available == mdl(0)
    assert sound(session)


def test_money_moves_between_lines_of_one_fund_only(session, cast, fund, line):
    other = add(session, fund, "B")
    give(session, line, 500)
    allocation.move(session, line, to=other, actor=SYSTEM, amount=mdl(200), key=new_id(), now=NOW)
    assert (line.available, other.available) == (mdl(300), mdl(200))
    with pytest.raises(Invalid):
        allocation.move(
            session, line, to=cast.budget_line, actor=SYSTEM, amount=mdl(1), key=new_id(), now=NOW
        )
    assert sound(session)


def test_a_closed_line_returns_what_is_free_and_takes_nothing_more(session, fund, line):
    give(session, line, 500)
    allocation.close_line(session, line, actor=SYSTEM, key=new_id(), now=NOW)
    assert (line.available, line.closed_at) == (mdl(0), NOW)
    assert unallocated(session, fund) == mdl(100_000)
    with pytest.raises(Conflict) as refused:
        give(session, line, 1)
    assert refused.value.code == "closed"


def test_the_preparer_records_and_the_approver_allocates(session, cast, fund, line):
    petru, alina = actor(session, cast.petru), actor(session, cast.alina)
    with pytest.raises(NotPermitted):
        allocation.allocate(session, line, actor=petru, amount=mdl(1), key=new_id(), now=NOW)
    with pytest.raises(NotPermitted):
        funds.record_grant(
            session,
            fund,
            actor=alina,
            account=cast.bank_account,
            amount=mdl(1),
            key=new_id(),
            now=NOW,
        )
    act_as(session, alina)
    allocation.allocate(session, line, actor=alina, amount=mdl(1), key=new_id(), now=NOW)


def test_each_act_leaves_a_trace(session, line):
    give(session, line, 7)
    session.flush()
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "budget_line:allocate")
    ).one()
    assert (event.subject_id, event.data) == (line.id, {"minor": 7, "currency": "MDL"})


def test_figures_of_a_fund_add_up(session, fund, line):
    give(session, line, 700)
    found = figures(session, [fund])[0]
    assert (found.received, found.taken, found.unallocated) == (mdl(100_000), mdl(700), mdl(99_300))
    assert found.lines[0].available == mdl(700)


def exchanged(session, rate, banks, amounts):
    return exchange.exchange(
        session,
        actor=SYSTEM,
        bank_from=banks[0],
        bank_to=banks[1],
        amount_out=amounts[0],
        amount_in=amounts[1],
        rate=rate,
        key=new_id(),
        now=NOW,
    )


class TestAnotherCurrency:
    """A fund in euro pays a line in lei."""

    @pytest.fixture
    def rate(self, session):
        return exchange.add_rate(
            session,
            actor=SYSTEM,
            on=TODAY,
            base="EUR",
            quote="MDL",
            rate=Decimal("19.5"),
            source="Banca Națională",
            now=NOW,
        )

    @pytest.fixture
    def euro_fund(self, session, cast):
        return granted_fund(session, "E-1", cast.euro_bank_account, eur(1_000_00))

    @pytest.fixture
    def lei_line(self, session, euro_fund):
        return add(session, euro_fund, "L", "MDL")

    def convert(self, session, line, rate, minor, buffer="4"):
        return allocation.allocate_converted(
            session,
            line,
            actor=SYSTEM,
            taken=eur(minor),
            rate=rate,
            buffer_percent=Decimal(buffer),
            key=new_id(),
            now=NOW,
        )

    def test_the_line_gets_the_rate_less_the_buffer(self, session, euro_fund, lei_line, rate):
        assert self.convert(session, lei_line, rate, 100_00) == mdl(1872_00)
        assert lei_line.available == mdl(1872_00)
        assert unallocated(session, euro_fund) == eur(900_00)
        assert sound(session)

    def test_the_same_euro_is_not_given_twice(self, session, lei_line, rate):
        self.convert(session, lei_line, rate, 600_00)
        with pytest.raises(Conflict):
            self.convert(session, lei_line, rate, 400_01)

    def test_giving_all_back_leaves_nothing_taken(self, session, euro_fund, lei_line, rate):
        given = self.convert(session, lei_line, rate, 333_33)
        part = Money(given.minor // 3, "MDL")
        for amount in (part, given - part):
            allocation.reduce(session, lei_line, actor=SYSTEM, amount=amount, key=new_id(), now=NOW)
        assert unallocated(session, euro_fund) == eur(1_000_00)
        assert sound(session)

    def test_a_move_carries_what_was_taken(self, session, euro_fund, lei_line, rate):
        other = add(session, euro_fund, "M", "MDL")
        given = self.convert(session, lei_line, rate, 500_00)
        allocation.move(
            session, lei_line, to=other, actor=SYSTEM, amount=given, key=new_id(), now=NOW
        )
        allocation.reduce(session, other, actor=SYSTEM, amount=given, key=new_id(), now=NOW)
        assert unallocated(session, euro_fund) == eur(1_000_00)

    def test_a_plain_allocation_is_refused(self, session, lei_line):
        with pytest.raises(Invalid):
            give(session, lei_line, 1)

    @pytest.mark.parametrize(
        ("arrived", "difference"), [(1950_00, 0), (1940_00, -10_00), (1965_00, 15_00)]
    )
    def test_exchanged_cash_leaves_the_position_at_the_stored_rate(
        self, session, cast, rate, arrived, difference
    ):
        banks = (cast.euro_bank_account, cast.bank_account)
        found = exchanged(session, rate, banks, (eur(100_00), mdl(arrived)))
        assert found == mdl(difference)
        balances = {
            (trial.currency, row.account.value): row.balance.minor
            for trial in trial_balances(session)
            for row in trial.accounts
        }
        assert balances["EUR", "1900"] == 100_00
        assert balances["MDL", "1900"] == -1950_00
        assert balances.get(("MDL", "7100"), 0) == -difference
        assert sound(session)

    def test_lei_exchanged_into_euro_are_compared_in_lei(self, session, cast, rate):
        banks = (cast.bank_account, cast.euro_bank_account)
        found = exchanged(session, rate, banks, (mdl(2000_00), eur(100_00)))
        assert found == mdl(-50_00)
        assert sound(session)

    def test_money_that_is_not_held_is_not_exchanged(self, session, cast, rate):
        held = held_at_bank(session, "EUR")
        assert held > eur(0)
        banks, more = (cast.euro_bank_account, cast.bank_account), held + eur(1)
        with pytest.raises(Conflict) as caught:
            exchanged(session, rate, banks, (more, mdl(more.minor * 20)))
        assert (caught.value.code, caught.value.params["held"]) == ("not_held", held)
        exchanged(session, rate, banks, (held, mdl(held.minor * 20)))
        with pytest.raises(Conflict):
            exchanged(session, rate, banks, (eur(1), mdl(20)))

    def test_of_two_exchanges_at_once_of_all_that_is_held_one_is_refused(self, session, cast, rate):
        held, on = held_at_bank(session, "EUR"), (rate.on, rate.base, rate.quote)
        ids = cast.euro_bank_account.id, cast.bank_account.id

        def act(own):
            banks = [own.get_one(BankAccount, one) for one in ids]
            found = own.get_one(ExchangeRate, on)
            exchanged(own, found, banks, (held, mdl(held.minor * 20)))

        outcomes = at_once(session, act, act)
        assert [one.code for one in outcomes if isinstance(one, Conflict)] == ["not_held"]
        assert held_at_bank(session, "EUR") == eur(0)

    @pytest.mark.usefixtures("rate")
    def test_a_stored_rate_never_changes(self, session):
        with pytest.raises(Conflict):
            exchange.add_rate(
                session,
                actor=SYSTEM,
                on=TODAY,
                base="EUR",
                quote="MDL",
                rate=Decimal(20),
                source="x",
                now=NOW,
            )
        assert session.scalars(select(ExchangeRate.rate)).all() == [Decimal("19.5")]


def test_a_grant_is_posted_about_its_fund_and_for_its_account(session, cast, fund):
    entry = session.scalars(
        select(LedgerEntry).where(LedgerEntry.source_id == cast.bank_account.id)
    ).one()
    assert {line.fund_id for line in entry.lines} == {fund.id}


def add(session, fund, code, currency=None) -> BudgetLine:
    return funds.add_line(
        session, fund, actor=SYSTEM, code=code, name="Servicii", currency=currency, now=NOW
    )


def give(session, line, minor):
    allocation.allocate(session, line, actor=SYSTEM, amount=mdl(minor), key=new_id(), now=NOW)


def mdl(minor):
    return Money(minor, "MDL")


def eur(minor):
    return Money(minor, "EUR")


def sound(session) -> bool:
    session.flush()
    assert [str(found) for found in laws.broken(session)] == []
    return True
