"""A small programme at play: each call one committed step, through the services where they exist."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel import jobs
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.clock import local_day, start_of
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.casework import Casework, make_casework
from tests.factories.cast import NOW, Cast, actor, make_cast
from tests.vouchers.payments.payments_driver import Payments
from vouchers.books.jobs import LEDGER_SWEEP
from vouchers.books.models import AccountingPeriod, BankAccount, BudgetLine, Fund, OpeningBalance
from vouchers.books.models.periods import next_month
from vouchers.books.queries import opening as queries
from vouchers.books.services import allocation, funds
from vouchers.books.services.opening import deciding
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.months import add_months
from vouchers.books.states import PeriodState
from vouchers.payments.services import reversal
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import cancelling, confirmation, expiry, issuing, replacing
from vouchers.voucher.services.redemption import Delivery, redeem_once
from vouchers.voucher.states import OPEN_STATES, RedemptionState, VoucherState

PIN = "739146"
_BEFORE = "DINAINTE"


@dataclass
class Play:
    """The programme: a case whose plan allows much, a fund with two lines, two providers."""

    session: Session
    cast: Cast
    work: Casework
    lines: tuple[BudgetLine, BudgetLine]
    payments: Payments
    now: datetime = NOW

    @classmethod
    def new(cls, session: Session) -> "Play":
        """Begin with little money, so that lines run dry."""
        act_as(session, SYSTEM)
        cast = make_cast(session)
        work = make_casework(session, cast, units=500)
        spare = funds.add_line(session, cast.fund, actor=SYSTEM, code="B", name="Rezervă", now=NOW)
        session.commit()
        play = cls(session, cast, work, (cast.budget_line, spare), Payments(session, cast))
        play.reduce(0, 9_500_000)
        return play

    @classmethod
    def with_two_released(cls, session: Session) -> "Play":
        """Begin with six units on a voucher, of which two are delivered, claimed and released."""
        play = cls.new(session)
        play.issue(6, 30)
        for _ in range(2):
            play.redeem(play.usable()[0], play.cast.rita, 1)
        play.payments.claim(play.cast.provider.id, play.now)
        play.payments.release(play.now)
        play.step()
        return play

    def acting(self, user: User | None) -> Actor:
        """Let the session see what `user` may see (None: the system), and return the actor."""
        who = actor(self.session, user) if user else SYSTEM
        act_as(self.session, who)
        return who

    def step(self) -> None:
        """End a step: commit it, so that deferred laws are checked too; time goes on."""
        self.session.commit()
        self.now += timedelta(seconds=1)
        act_as(self.session, SYSTEM)
        self.session.commit()

    # What there is

    @property
    def providers(self) -> tuple[UUID, UUID]:
        """Return the ids of both providers."""
        return self.cast.provider.id, self.cast.other_provider.id

    def vouchers(self, *states: VoucherState) -> list[Voucher]:
        """Return the vouchers in `states`, oldest first."""
        return self._in(states, Voucher, Voucher.created_at, Voucher.reference)

    def open(self) -> list[Voucher]:
        """Return what is issued and not finished."""
        return self.vouchers(*sorted(OPEN_STATES))

    def usable(self) -> list[Voucher]:
        """Return what can be redeemed today."""
        today = local_day(self.now)
        return [
            voucher
            for voucher in self.vouchers(*sorted(OPEN_STATES))
            if voucher.valid_until >= today and voucher.units_free and not voucher.is_held
        ]

    def redemptions(self, *states: RedemptionState) -> list[Redemption]:
        """Return the deliveries in `states`, oldest first."""
        return self._in(states, Redemption, Redemption.recorded_at, Redemption.receipt)

    def reversible(self) -> list[Redemption]:
        """Return what may be taken back now: not while its payment is under way."""
        listed = self.redemptions(RedemptionState.ACCEPTED, RedemptionState.UNCONFIRMED)
        return [
            found
            for found in listed
            if reversal.payment_of(self.session, found) is not reversal.Payment.UNDER_WAY
        ]

    # What can happen

    def grant(self, minor: int) -> None:
        """Let the donor send money."""
        account = self.session.get_one(BankAccount, self.cast.bank_account.id)
        fund = self.session.get_one(Fund, self.cast.fund.id)
        funds.record_grant(
            self.session,
            fund,
            actor=self.acting(self.cast.petru),
            account=account,
            amount=Money(minor, "MDL"),
            key=new_id(),
            now=self.now,
        )
        self.step()

    def begin_with(self, minor: int) -> None:
        """Let the books begin with money at the bank that is left of a grant of before."""
        fund, line = self._fund_of_before()
        kept = {"accounts": self.cast.bank_account.id, "funds": fund.id, "lines": line.id}
        sums = {"accounts": minor, "funds": minor, "lines": minor // 2}
        opening = OpeningBalance(
            id=new_id(),
            as_of=local_day(self.now),
            content={
                part: [{"id": str(one), "minor": sums[part], "currency": "MDL"}]
                for part, one in kept.items()
            },
            proposed_by=self.cast.petru.id,
            proposed_at=self.now,
        )
        self.session.add(opening)
        self.session.flush()
        deciding.approve(self.session, opening, actor=self.acting(self.cast.alina), now=self.now)
        self.step()

    def _fund_of_before(self) -> tuple[Fund, BudgetLine]:
        """Return the fund that nobody sends money to here, made when it is asked for first."""
        fund = self.session.scalar(select(Fund).where(Fund.code == _BEFORE))
        if fund is None:
            day = local_day(self.now)
            fund = funds.create_fund(
                self.session,
                actor=SYSTEM,
                code=_BEFORE,
                name="De dinainte",
                donor="Donator de dinainte",
                currency="MDL",
                starts_on=day,
                ends_on=day + timedelta(days=365),
                now=self.now,
            )
            funds.add_line(self.session, fund, actor=SYSTEM, code="A", name="Tot", now=self.now)
            self.session.flush()
        line = select(BudgetLine).where(BudgetLine.fund_id == fund.id)
        return fund, self.session.scalars(line).one()

    def opening(self) -> OpeningBalance | None:
        """Return what the books began with, while it is not taken back."""
        return queries.in_force(self.session)

    def take_opening_back(self) -> None:
        """Take back what the books began with, unless some of it is given on."""
        opening = self.opening()
        assert opening is not None
        alina = self.acting(self.cast.alina)
        try:
            deciding.take_back(
                self.session, opening, actor=alina, reason="a wrong sum", now=self.now
            )
        except Conflict:
            self.session.rollback()
        else:
            self.step()

    def unallocated(self) -> int:
        """Return what is received and not given to a line."""
        from vouchers.books.queries.funds import unallocated

        return unallocated(self.session, self.session.get_one(Fund, self.cast.fund.id)).minor

    def allocate(self, which: int, minor: int) -> None:
        """Give a line money of the fund."""
        self._budget(allocation.allocate, which, minor)

    def reduce(self, which: int, minor: int) -> None:
        """Take free money back."""
        self._budget(allocation.reduce, which, minor)

    def move(self, which: int, minor: int) -> None:
        """Move free money to the other line."""
        self._budget(allocation.move, which, minor, to=self.lines[1 - which])

    def _budget(self, act: Callable[..., object], which: int, minor: int, **more: object) -> None:
        who, amount = self.acting(self.cast.alina), Money(minor, "MDL")
        act(
            self.session,
            self.lines[which],
            actor=who,
            amount=amount,
            key=new_id(),
            now=self.now,
            **more,
        )
        self.step()

    def issue(self, units: int, days: int) -> None:
        """Issue a voucher that is open to both providers."""
        who = self.acting(self.cast.ana)
        promise = issuing.Promise(
            self.work.line,
            units=units,
            valid_from=local_day(self.now),
            valid_until=local_day(self.now) + timedelta(days=days),
        )
        issuing.issue(self.session, promise, actor=who, pin=PIN, now=self.now)
        self.step()

    def redeem(self, voucher: Voucher, by: User, units: int, *, with_pin: bool = True) -> None:
        """Deliver; without the PIN it waits for confirmation."""
        voucher_id, who = voucher.id, self.acting(by)
        redeem_once(
            self.session,
            actor=who,
            now=self.now,
            delivery=Delivery(
                key=str(new_id()),
                voucher_id=voucher_id,
                units=units,
                pin=PIN if with_pin else None,
                without_pin=None if with_pin else "fără telefon",
            ),
        )
        self.step()

    def reverse(self, redemption: Redemption) -> None:
        """Take a delivery back: a mistake before payment, a clawback after settlement."""
        who = self.acting(self.cast.alina)
        reversal.reverse(self.session, redemption, actor=who, reason="greșeală", now=self.now)
        self.step()

    def decide(self, redemption: Redemption, *, confirmed: bool) -> None:
        """Confirm or refuse what was delivered without a PIN."""
        who = self.acting(self.cast.ana)
        if confirmed:
            confirmation.confirm(self.session, redemption, actor=who, now=self.now)
        else:
            confirmation.refuse(
                self.session, redemption, actor=who, reason="nu a fost", now=self.now
            )
        self.step()

    def cancel(self, voucher: Voucher) -> None:
        """Cancel a voucher."""
        who = self.acting(self.cast.ana)
        cancelling.cancel(self.session, voucher, actor=who, reason="nu mai e nevoie", now=self.now)
        self.step()

    def replace(self, voucher: Voucher) -> None:
        """Replace a voucher that was lost."""
        who = self.acting(self.cast.ana)
        replacing.replace(self.session, voucher, actor=who, reason="pierdut", now=self.now)
        self.step()

    def a_week_passes(self) -> None:
        """Let time pass, and sweep what expired."""
        self.now += timedelta(days=7)
        self.acting(None)
        expiry.expire_due(self.session, self.now)
        self.step()

    def months_over(self) -> list[AccountingPeriod]:
        """Return the months that are over and open, the earliest first."""
        self.acting(None)
        add_months(self.session, self.now)
        is_open = AccountingPeriod.state == PeriodState.OPEN
        listed = select(AccountingPeriod).where(is_open).order_by(AccountingPeriod.month)
        today = local_day(self.now)
        return [one for one in self._all(listed) if one.last_day < today]

    def close_a_month(self) -> None:
        """Close the earliest of them by two people; where there is none, the present one passes."""
        if not self.months_over():
            self.now = start_of(next_month(local_day(self.now))) + timedelta(hours=12)
            expiry.expire_due(self.session, self.now)
            self.step()
        period = self.months_over()[0]
        jobs.run_slot(self.session, LEDGER_SWEEP, now=self.now)
        self.step()
        closing.prepare(self.session, period, actor=self.acting(self.cast.petru), now=self.now)
        closing.close(self.session, period, actor=self.acting(self.cast.alina), now=self.now)
        self.step()

    def _in(self, states, model, *order) -> list:
        return self._all(select(model).where(model.state.in_(states)).order_by(*order))

    def _all(self, statement) -> list:
        self.acting(None)
        return list(self.session.scalars(statement).unique())


def provider_of(play: Play, voucher: Voucher, choice: int) -> User:
    """Return who redeems: the bound provider's reception, or either while it is open."""
    people = {play.cast.provider.id: play.cast.rita, play.cast.other_provider.id: play.cast.olga}
    if voucher.provider_id is not None:
        return people[voucher.provider_id]
    return list(people.values())[choice]
