"""Whatever happens, what a provider reads of its money adds up to what the books owe it."""

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from reintegration.kernel.clock import local_day
from tests.sampling import amount
from tests.vouchers.test_money_property import PLAYS, Money, beginning
from vouchers.payments.queries.own_money import own_money, part_rows
from vouchers.payments.services import settlement
from vouchers.payments.states import MoneyPart

__all__ = ["beginning"]


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
    returned = settlement.return_order

    def remembering(session, order, **how):
        provider_id = order.provider_id
        refund = returned(session, order, **how)
        refunds[provider_id] = refunds.get(provider_id, 0) + refund.minor
        return refund

    def begin():
        refunds.clear()
        return beginning()

    monkeypatch.setattr(settlement, "return_order", remembering)
    return type("OwnPlays", (OwnMoney,), {"begin": staticmethod(begin), "refunds": refunds})


def test_the_parts_of_a_providers_money_add_up_with_the_books_after_every_step(machine):
    plays = settings(PLAYS, max_examples=amount(4, deep=40))
    run_state_machine_as_test(machine, settings=plays)
