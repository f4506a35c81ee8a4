"""After any mix of what can happen, account 1120 is the balance at Stripe, less what is said open."""

from random import Random

import pytest
from sqlalchemy import select

from reintegration.kernel.money import Money
from tests.factories.cast import NOW, actor
from tests.factories.payments import as_system
from tests.sampling import amount
from tests.vouchers.stripe_rail.test_balance import at_stripe, clear, moved_at_bank, swept
from tests.vouchers.stripe_rail.test_reversals import claw_back
from tools.stripe_simulator import clear as make_well
from vouchers.books.models import LedgerEntry
from vouchers.books.services import laws
from vouchers.payments.states import OrderState
from vouchers.stripe_rail.models import StripeLine
from vouchers.stripe_rail.queries import balance
from vouchers.stripe_rail.services import clearing, reversals
from vouchers.stripe_rail.states import LineState, ReversalCause

STEPS = 14
WRONG = ("drop_answer", "error_after", "error_before", "rate_limited", "insufficient_balance")


class Play:
    """Draws what happens next, and remembers what the next steps need."""

    def __init__(self, rail, seed):
        self.rail, self.drawn, self.days = rail, Random(seed), 0
        self.orders, self.sums = [], [1_000_000]

    def steps(self):
        return (
            *(self.pay, self.pay_badly, self.sweep, self.top_up, self.bank_line),
            *(self.fee, self.leave_for_the_bank, self.correct, self.clear_or_open, self.take_back),
        )

    def pay(self):
        self.orders.append(self.rail.order(2))
        self.rail.deliver()

    def pay_badly(self):
        self.rail.wrong(self.drawn.choice(WRONG))
        self.pay()
        make_well(self.rail.stripe.state)
        self.rail.settled(self.orders[-1], turns=4)

    def sweep(self):
        swept(self.rail)
        found = balance.proof(self.rail.session, "MDL")
        at = self.rail.stripe.balance().get("mdl", 0)
        assert (found.stripe, found.difference) == (Money(at, "MDL"), Money.zero("MDL"))

    def top_up(self):
        self.sums.append(self.drawn.randrange(1_000, 9_000, 100))
        self.rail.stripe.top_up(self.sums[-1], "mdl")

    def bank_line(self):
        if self.sums:
            self.days += 1
            minor = self.sums.pop(self.drawn.randrange(len(self.sums)))
            moved_at_bank(self.rail, -minor, -self.days)

    def fee(self):
        at_stripe(self.rail, "stripe_fee", -self.drawn.randrange(1, 900))

    def leave_for_the_bank(self):
        name, minor = f"po_{self.drawn.random()}", self.drawn.randrange(1, 900)
        at_stripe(self.rail, "payout", -minor, name)
        if self.drawn.random() < 0.5:
            at_stripe(self.rail, "payout_failure", minor, name)

    def correct(self):
        at_stripe(self.rail, "adjustment", self.drawn.choice((-1, 1)) * self.drawn.randrange(1, 99))

    def clear_or_open(self):
        as_system(self.rail.session)
        found = self.rail.session.scalars(select(StripeLine).where(StripeLine.kind == "adjustment"))
        for line in found.all():
            if line.state is LineState.OPEN:
                clear(self.rail, line)
            else:
                petru = actor(self.rail.session, self.rail.cast.petru)
                clearing.undo(self.rail.session, line, actor=petru, now=NOW)
                self.rail.session.commit()

    def take_back(self):
        as_system(self.rail.session)
        paid = [one for one in self.orders if one.state is OrderState.SETTLED]
        if not paid:
            return
        order = self.drawn.choice(paid)
        self.orders.remove(order)
        owed = claw_back(self.rail, order)
        petru, alina = (
            actor(self.rail.session, who) for who in (self.rail.cast.petru, self.rail.cast.alina)
        )
        asked = reversals.ask(
            self.rail.session,
            order,
            actor=petru,
            cause=ReversalCause.CLAWBACK,
            amount=owed if self.drawn.random() < 0.5 else Money(owed.minor // 2, "MDL"),
            reason="luat înapoi",
            now=NOW,
        )
        reversals.confirm(self.rail.session, asked, actor=alina, now=NOW)
        self.rail.session.commit()
        self.rail.deliver()


@pytest.mark.parametrize("number", range(amount(1, deep=12)))
def test_books_and_stripe_agree_whatever_happens(rail, number):
    play = Play(rail, f"{NOW:%Y-%m-%d} {number}")
    done = []
    for _ in range(STEPS):
        step = play.drawn.choice(play.steps())
        done.append(step.__name__)
        step()
        as_system(rail.session)
        assert laws.broken(rail.session) == [], done
    play.sweep()
    before = set(rail.session.scalars(select(LedgerEntry.id)))
    play.sweep()
    assert set(rail.session.scalars(select(LedgerEntry.id))) == before, done
