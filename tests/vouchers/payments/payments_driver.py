"""Payments through their services: claim, check, prepare, approve, release, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import act_as
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import Cast, actor
from vouchers.books.models import BankAccount
from vouchers.books.services.balances import ProviderBalance, provider_balances
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.services import batches, claims, rails, returns, settlement
from vouchers.payments.services.settlement import Paid, by_line
from vouchers.payments.states import ClaimLineState, ClaimState, OrderState, Rail
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

_NOTHING = Money(0, "MDL")


@dataclass
class Payments:
    """Claims, orders and the bank, in MDL."""

    session: Session
    cast: Cast

    def unclaimed(self) -> dict[UUID, list[UUID]]:
        """Return, by provider, deliveries that stand in no claim."""
        self.as_system()
        claimed = select(ClaimLine.redemption_id).where(
            ClaimLine.state != ClaimLineState.REFUSED.value
        )
        found: dict[UUID, list[UUID]] = {}
        for provider_id, redemption_id in self.session.execute(
            select(Redemption.provider_id, Redemption.id)
            .where(
                Redemption.state == RedemptionState.ACCEPTED.value, Redemption.id.not_in(claimed)
            )
            .order_by(Redemption.recorded_at)
        ):
            found.setdefault(provider_id, []).append(redemption_id)
        return found

    def claimants(self) -> list[UUID]:
        """Return the providers that can claim something."""
        return list(self.unclaimed())

    def claim(self, provider_id: UUID, now: datetime) -> None:
        """Let the bookkeeper claim everything, and finance check it."""
        due = self.unclaimed()[provider_id]
        bookkeeper = self.acting(
            self.cast.boris if provider_id == self.cast.provider.id else self.cast.oleg
        )
        claim = claims.draft(self.session, actor=bookkeeper, redemption_ids=due, now=now)
        self.session.commit()
        claims.submit(
            self.session,
            claim,
            actor=bookkeeper,
            invoice_number=claim.reference,
            invoiced=claim.payable,
            now=now,
        )
        self.session.commit()
        petru = self.acting(self.cast.petru)
        claims.accept_lines(
            self.session, claim, actor=petru, line_ids=[line.id for line in claim.lines], now=now
        )
        claims.check(self.session, claim, actor=petru, now=now)
        self.session.commit()

    def checked(self) -> list[Claim]:
        """Return claims that can be paid; one whose deliveries were all taken back can not."""
        self.as_system()
        found = self.session.scalars(
            select(Claim).where(Claim.state == ClaimState.CHECKED.value).order_by(Claim.created_at)
        )
        return [claim for claim in found if claim.payable.minor]

    def prepare(self, now: datetime) -> list[PaymentBatch]:
        """Put every checked claim into a batch: one for the bank, one for the payment service."""
        due = self.checked()
        there = set(
            self.session.scalars(
                select(PayeeAccount.provider_id).where(PayeeAccount.service_account != "")
            )
        )
        ours = self.session.get_one(BankAccount, self.cast.bank_account.id)
        ways: tuple[tuple[BankAccount | Rail, list[UUID]], ...] = (
            (ours, [claim.id for claim in due if claim.provider_id not in there]),
            (Rail.STRIPE_TRANSFER, [claim.id for claim in due if claim.provider_id in there]),
        )
        return [self._prepared(by, claims, now) for by, claims in ways if claims]

    def _prepared(
        self, paid_from: BankAccount | Rail, claim_ids: list[UUID], now: datetime
    ) -> PaymentBatch:
        """Prepare one batch as people do, each in a transaction of its own."""
        batch = batches.prepare(
            self.session,
            actor=self.acting(self.cast.petru),
            claim_ids=claim_ids,
            paid_from=paid_from,
            execution_on=local_day(now),
            now=now,
        )
        self.session.commit()
        return batch

    def release(self, now: datetime) -> list[PaymentOrder]:
        """Prepare, approve and release what is checked, as three people."""
        prepared = self.prepare(now)
        for batch in prepared:
            batches.approve(self.session, batch, actor=self.acting(self.cast.alina), now=now)
            self.session.commit()
            batches.release(self.session, batch, actor=self.acting(self.cast.radu), now=now)
            self.session.commit()
        return [order for batch in prepared for order in batch.orders]

    def cancel(self, batch: PaymentBatch, now: datetime) -> None:
        """Take a batch back before its release."""
        petru = self.acting(self.cast.petru)
        batches.cancel(self.session, batch, actor=petru, reason="greșit", now=now)
        self.session.commit()

    def settle(self, order: PaymentOrder, now: datetime) -> None:
        """Let the bank pay."""
        paid = Paid(
            order.id,
            order.provider_id,
            order.batch_id,
            order.unpaid,
            local_day(now),
            by_line(new_id()),
            order.batch.rail,
        )
        settlement.settle_many(self.session, [paid], actor=self.acting(self.cast.petru), now=now)

    def fail(self, order: PaymentOrder, now: datetime) -> None:
        """Let the bank refuse."""
        settlement.fail_order(
            self.session, order, actor=self.acting(self.cast.petru), reason="AC04", now=now
        )

    def bounce(self, order: PaymentOrder, charges: int, now: datetime) -> None:
        """Let a settled payment come back, less charges that the programme bears."""
        most = returns.RETURN_CHARGES_AT_MOST.initially[order.currency].minor
        left = order.amount - order.taken_back
        if not left:
            return
        by_bank = rails.of(order.batch.rail).service is None
        kept = Money(min(charges, left.minor - 1, most) if by_bank else 0, order.currency)
        returns.return_order(
            self.session,
            order,
            actor=self.acting(self.cast.petru),
            received=left - kept,
            charges=kept,
            reason="AC04",
            now=now,
        )

    def most_taken_back(self, order: PaymentOrder) -> Money:
        """Return what of an order can come back in part."""
        self.as_system()
        return returns.most_taken_back(self.session, order)

    def take_back(self, order: PaymentOrder, minor: int, now: datetime) -> None:
        """Let a part of a settled order come back through the payment service."""
        amount, petru = Money(minor, order.currency), self.acting(self.cast.petru)
        returns.take_back(self.session, order, amount, actor=petru, note={}, now=now)

    def orders(self, *states: OrderState) -> list[PaymentOrder]:
        """Return the orders in `states` that move money, oldest first."""
        self.as_system()
        return list(
            self.session.scalars(
                select(PaymentOrder)
                .join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
                .where(
                    PaymentOrder.state.in_([state.value for state in states]),
                    PaymentOrder.amount_minor > 0,
                )
                .order_by(PaymentBatch.prepared_at, PaymentOrder.amount_minor)
            )
        )

    def balance(self, provider_id: UUID) -> ProviderBalance:
        """Return what a provider is owed and owes."""
        self.as_system()
        found = provider_balances(self.session, [provider_id])
        return found.get((provider_id, "MDL"), ProviderBalance(_NOTHING, _NOTHING))

    def acting(self, user: User) -> Actor:
        """Let the session see what `user` may see, and return the actor."""
        act_as(self.session, SYSTEM)
        who = actor(self.session, user)
        act_as(self.session, who)
        return who

    def as_system(self) -> Actor:
        """See every row."""
        act_as(self.session, SYSTEM)
        return SYSTEM
