"""Whatever happens, in whatever order: every law of the books holds after every step."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.factories.cast import NOW
from tests.factories.payments import pay_lei_by_stripe, put_at_service
from tests.sampling import amount
from tests.vouchers.bank_driver import Bank
from tests.vouchers.play import Play, provider_of
from vouchers.bank.states import Rest
from vouchers.books.services import laws
from vouchers.books.services.postings import POSTINGS, Entry, PostingEvent
from vouchers.payments.services import rails
from vouchers.payments.states import OrderState
from vouchers.voucher.states import RedemptionState

PLAYS = settings(
    max_examples=amount(6, deep=60),
    stateful_step_count=35,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

sums = st.integers(min_value=1, max_value=700_000)
picks = st.integers(min_value=0, max_value=30)
either = st.integers(min_value=0, max_value=1)

A_YEAR_IS_NOT_OVER = NOW + timedelta(days=240)
"""Until then a voucher of forty days ends before the consent of a year does."""
AT_STRIPE = "stripe"
"""These plays pay by a service of which nobody tells: test_books_and_stripe plays with Stripe."""


class Money(RuleBasedStateMachine):
    """One programme, moved at random."""

    begin = staticmethod(lambda: None)  # the fixture puts in what makes a play

    def __init__(self) -> None:
        super().__init__()
        self.play = type(self).begin()

    @property
    def payments(self):
        return self.play.payments

    @property
    def bank(self):
        return Bank(self.play.session, self.play.cast)

    @rule(minor=sums)
    def grant(self, minor):
        self.play.grant(minor)

    @precondition(lambda self: self.play.opening() is None)
    @rule(minor=sums)
    def begin_with(self, minor):
        self.play.begin_with(minor)

    @precondition(lambda self: self.play.opening() is not None)
    @rule()
    def take_opening_back(self):
        self.play.take_opening_back()

    @rule(which=either, minor=sums)
    def allocate(self, which, minor):
        if room := self.play.unallocated():
            self.play.allocate(which, min(minor, room))

    @rule(which=either, minor=sums)
    def reduce(self, which, minor):
        if free := self.play.lines[which].available_minor:
            self.play.reduce(which, min(minor, free))

    @rule(which=either, minor=sums)
    def move(self, which, minor):
        if free := self.play.lines[which].available_minor:
            self.play.move(which, min(minor, free))

    @rule(units=st.integers(1, 4), days=st.sampled_from([3, 10, 40]))
    def issue(self, units, days):
        if self.play.lines[0].available_minor >= 50_000 * units:
            self.play.issue(units, days)

    @precondition(lambda self: self.play.usable())
    @rule(pick=picks, units=st.integers(1, 3), who=either, with_pin=st.booleans())
    def redeem(self, pick, units, who, with_pin):
        voucher = _of(self.play.usable(), pick)
        by = provider_of(self.play, voucher, who)
        self.play.redeem(voucher, by, min(units, voucher.units_free), with_pin=with_pin)

    @precondition(lambda self: self.play.reversible())
    @rule(pick=picks)
    def reverse_or_claw_back(self, pick):
        self.play.reverse(_of(self.play.reversible(), pick))

    @precondition(lambda self: self.play.redemptions(RedemptionState.UNCONFIRMED))
    @rule(pick=picks, yes=st.booleans())
    def settle_what_was_unconfirmed(self, pick, yes):
        waiting = self.play.redemptions(RedemptionState.UNCONFIRMED)
        self.play.decide(_of(waiting, pick), confirmed=yes)

    @precondition(lambda self: self.play.open())
    @rule(pick=picks)
    def cancel(self, pick):
        self.play.cancel(_of(self.play.open(), pick))

    @precondition(lambda self: any(voucher.units_free for voucher in self.play.open()))
    @rule(pick=picks)
    def replace(self, pick):
        left = [voucher for voucher in self.play.open() if voucher.units_free]
        self.play.replace(_of(left, pick))

    @precondition(lambda self: self.play.open() and self.play.now < A_YEAR_IS_NOT_OVER)
    @rule()
    def a_week_passes_and_vouchers_expire(self):
        self.play.a_week_passes()

    @precondition(lambda self: self.play.now < A_YEAR_IS_NOT_OVER)
    @rule()
    def a_month_closes(self):
        self.play.close_a_month()

    @precondition(lambda self: self.payments.claimants())
    @rule(pick=picks)
    def claim(self, pick):
        self.payments.claim(_of(self.payments.claimants(), pick), self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.checked())
    @rule()
    def pay(self):
        self.payments.release(self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.checked())
    @rule()
    def prepare_and_think_again(self):
        prepared = self.payments.prepare(self.play.now)
        self.play.step()
        for batch in prepared:
            self.payments.cancel(batch, self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.RELEASED))
    @rule(pick=picks, fee=st.sampled_from([0, 0, 300]))
    def settle(self, pick, fee):
        order = _of(self.payments.orders(OrderState.RELEASED), pick)
        if _by_bank(order):
            rest = Rest.FEE if fee else None
            self.bank.pay(order, order.unpaid.minor + fee, self.play.now, rest)
        else:
            self.payments.settle(order, self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.RELEASED))
    @rule(pick=picks, minor=sums)
    def pay_a_part(self, pick, minor):
        order = _of(self.payments.orders(OrderState.RELEASED), pick)
        if _by_bank(order) and order.unpaid.minor > 1:
            part = min(minor, order.unpaid.minor - 1)
            self.bank.pay(order, part, self.play.now, Rest.UNDER_WAY)
            self.play.step()

    @rule(
        kind=st.sampled_from(["fee", "interest", "others", "written_off", "grant"]),
        minor=st.integers(1, 900),
        way=st.sampled_from([1, -1]),
    )
    def say_what_a_line_is(self, kind, minor, way):
        self.bank.end(kind, minor * way, self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.SETTLED))
    @rule(pick=picks)
    def pay_twice(self, pick):
        order = _of(self.payments.orders(OrderState.SETTLED), pick)
        self.bank.end("paid_twice", -order.amount_minor, self.play.now, order)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.SETTLED))
    @rule(pick=picks)
    def come_back_by_a_line(self, pick):
        order = _of(self.payments.orders(OrderState.SETTLED), pick)
        self.bank.end("returned", order.amount_minor, self.play.now, order)
        self.play.step()

    @precondition(lambda self: self.bank.ended())
    @rule(pick=picks)
    def undo_what_a_line_was(self, pick):
        self.bank.undo(_of(self.bank.ended(), pick), self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.RELEASED))
    @rule(pick=picks)
    def fail(self, pick):
        order = _of(self.payments.orders(OrderState.RELEASED), pick)
        if not order.paid:
            self.payments.fail(order, self.play.now)
            self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.SETTLED))
    @rule(pick=picks, charges=st.integers(0, 70_000))
    def come_back(self, pick, charges):
        order = _of(self.payments.orders(OrderState.SETTLED), pick)
        self.payments.bounce(order, charges, self.play.now)
        self.play.step()

    @precondition(lambda self: self.payments.orders(OrderState.SETTLED))
    @rule(pick=picks, minor=sums)
    def take_back_in_part(self, pick, minor):
        order = _of(self.payments.orders(OrderState.SETTLED), pick)
        if most := self.payments.most_taken_back(order).minor:
            self.payments.take_back(order, min(minor, most), self.play.now)
            self.play.step()

    @rule(which=either, minor=sums)
    def repay(self, which, minor):
        provider = self.play.providers[which]
        if owes := self.payments.balance(provider).receivable.minor:
            self.bank.repaid(provider, min(minor, owes), self.play.now)
            self.play.step()

    @invariant()
    def the_books_are_sound(self):
        assert [str(law) for law in laws.broken(self.play.session)] == []


@pytest.fixture
def beginning(session, _restorer, monkeypatch):
    """How each play begins: anew, with something delivered by each provider.

    The bank pays the one, a payment service the other, of which nobody tells: no month would close
    on what Stripe says.
    """
    pay_lei_by_stripe(monkeypatch)
    monkeypatch.delitem(laws._laws, AT_STRIPE)

    def begin() -> Play:
        session.rollback()
        session.expunge_all()
        _restorer.restore()
        play = Play.new(session)
        put_at_service(session, play.cast, play.cast.other_provider)
        for person in (play.cast.rita, play.cast.olga):
            play.issue(4, 40)
            [fresh] = [voucher for voucher in play.usable() if not voucher.provider_id]
            play.redeem(fresh, person, 2)
        return play

    return begin


@pytest.fixture
def machine(beginning):
    """A machine that plays so."""
    return type("Plays", (Money,), {"begin": staticmethod(beginning)})


def test_every_law_holds_after_every_step(machine):
    run_state_machine_as_test(machine, settings=PLAYS)


def test_a_clawback_that_forgets_a_leg_is_caught(session, monkeypatch):
    """The laws can fail: without Dr 4100 Cr 2300 the money taken back belongs to nobody."""
    budget, actual = POSTINGS[PostingEvent.CLAWED_BACK]
    forgetful: tuple[Entry, ...] = (budget, actual[:1])
    monkeypatch.setitem(POSTINGS, PostingEvent.CLAWED_BACK, forgetful)
    play = _one_paid_delivery(session)
    assert laws.broken(session) == []
    play.reverse(play.redemptions(RedemptionState.ACCEPTED)[0])
    assert {failure.law.name for failure in laws.broken(session)} == {"deferred", "delivery"}


def test_a_clawback_is_caught_when_it_posts_as_a_plain_reversal(session, monkeypatch):
    monkeypatch.setitem(POSTINGS, PostingEvent.CLAWED_BACK, POSTINGS[PostingEvent.REVERSED_CLOSED])
    play = _one_paid_delivery(session)
    play.reverse(play.redemptions(RedemptionState.ACCEPTED)[0])
    assert {failure.law.name for failure in laws.broken(session)} == {"provider-signs"}


def _one_paid_delivery(session) -> Play:
    play = Play.new(session)
    play.issue(2, 10)
    play.redeem(play.usable()[0], play.cast.rita, 1)
    play.payments.claim(play.cast.provider.id, play.now)
    [order] = play.payments.release(play.now)
    play.payments.settle(order, play.now)
    play.step()
    return play


def _of(rows, pick):
    return rows[pick % len(rows)]


def _by_bank(order):
    return rails.of(order.batch.rail).service is None
