"""Whatever happens, what a provider reads of its money adds up to what the books owe it."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import text

from reintegration.kernel.clock import local_day
from reintegration.kernel.money import Money as Money_
from reintegration.kernel.money import total
from tests.sampling import amount
from tests.vouchers.test_money_property import PLAYS, Money, beginning
from vouchers.bank.services import endings
from vouchers.payments.queries.own_money import own_money, part_rows
from vouchers.payments.queries.statements import Period, statement_of
from vouchers.payments.services import returns
from vouchers.payments.states import MoneyPart

__all__ = ["beginning"]

ONE_DAY = timedelta(days=1)


class OwnMoney(Money):
    """The same play, looked at by both providers after every step."""

    refunds: dict

    @invariant()
    def what_providers_read_adds_up(self):
        today = local_day(self.play.now)
        for provider_id in self.play.providers:
            balance = self.payments.balance(provider_id)
            self.payments.as_system()
            found = own_money(self.play.session, provider_id, today=today)
            [own] = [one for one in found if one.currency == "MDL"] or [None]
            if own is None:
                assert (balance.payable.minor, balance.receivable.minor) == (0, 0)
                continue
            assert own.owed == balance.payable - balance.receivable
            assert own.of(MoneyPart.OWED) == balance.receivable
            assert own.of(MoneyPart.REFUND).minor == self.refunds.get(provider_id, 0)
            for part in MoneyPart:
                if part is not MoneyPart.REFUND:
                    assert self._counted(provider_id, part, today) == own.of(part).minor

    @invariant()
    def statements_begin_with_what_stood_and_end_with_what_the_books_say(self):
        day = local_day(self.play.now)
        cuts = (day - timedelta(days=30), day - timedelta(days=7), day)
        for provider_id in self.play.providers:
            balance = self.payments.balance(provider_id)
            ends = self._in_the_journal(provider_id, cuts[0] - ONE_DAY)
            for since, until in zip(cuts, (*(cut - ONE_DAY for cut in cuts[1:]), day), strict=True):
                found = statement_of(self.play.session, provider_id, "MDL", Period(since, until))
                assert found.opening == ends
                assert found.closing == found.opening + total(
                    (line.amount for line in found.lines), "MDL"
                )
                assert [line.balance for line in found.lines][-1:] in ([], [found.closing])
                assert found.closing == self._in_the_journal(provider_id, until)
                ends = found.closing
            assert ends == balance.payable - balance.receivable

    def _in_the_journal(self, provider_id, until):
        """What 2100 less 1300 is at the end of a day, asked of the journal by hand."""
        self.payments.as_system()
        owed = self.play.session.scalar(
            text(
                "SELECT coalesce(sum(l.credit_minor - l.debit_minor), 0) FROM ledger_line l"
                " JOIN ledger_entry e ON e.id = l.entry_id WHERE l.provider_id = :provider"
                " AND l.account IN ('2100', '1300') AND l.currency = 'MDL' AND e.posted_on <= :until"
            ),
            {"provider": provider_id, "until": until},
        )
        return Money_(int(owed), "MDL")

    def _counted(self, provider_id, part, today):
        counted, cursor = 0, None
        while True:
            page = part_rows(
                self.play.session, provider_id, part, "MDL", today=today, cursor=cursor
            )
            counted += sum(row.amount.minor for row in page.rows)
            cursor = page.older
            if not cursor:
                return counted


@pytest.fixture
def machine(beginning, monkeypatch):
    """A machine that remembers which refunds returned payments left due."""
    refunds = {}
    returned = returns.return_order

    def remembering(session, order, **how):
        provider_id = order.provider_id
        refund = returned(session, order, **how)
        refunds[provider_id] = refunds.get(provider_id, 0) + refund.minor
        return refund

    def begin():
        refunds.clear()
        return beginning()

    for house in (returns, endings):
        monkeypatch.setattr(house, "return_order", remembering)
    return type("OwnPlays", (OwnMoney,), {"begin": staticmethod(begin), "refunds": refunds})


def test_the_parts_of_a_providers_money_add_up_with_the_books_after_every_step(machine):
    plays = settings(PLAYS, max_examples=amount(2, deep=40))
    run_state_machine_as_test(machine, settings=plays)
