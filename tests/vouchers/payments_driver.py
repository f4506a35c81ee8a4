"""Payments as the posting table says them, straight onto journal and tables.

The laws are about what payments post, not about who may click: this drives the money alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.money import Money
from tests.factories.cast import Cast
from vouchers.models import Claim, ClaimLine, PaymentBatch, PaymentOrder, Redemption
from vouchers.services.ledger.balances import ProviderBalance, provider_balances
from vouchers.services.ledger.journal import Dimensions, Source, post
from vouchers.services.ledger.postings import PostingEvent
from vouchers.states import (
    BatchState,
    ClaimLineState,
    ClaimState,
    OrderState,
    Rail,
    RedemptionState,
)

_DEAD = [OrderState.FAILED.value, OrderState.RETURNED.value, OrderState.CANCELLED.value]
_NOTHING = Money(0, "MDL")


@dataclass
class Payments:
    """Claims, orders and the bank, in MDL."""

    session: Session
    cast: Cast

    def payable(self, provider_id: UUID) -> list[Redemption]:
        """Return deliveries that no live order pays."""
        paid = (
            select(ClaimLine.redemption_id)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .join(PaymentOrder, PaymentOrder.id == Claim.payment_order_id)
            .where(
                ClaimLine.state != ClaimLineState.REFUSED.value,
                PaymentOrder.state.not_in(_DEAD),
            )
        )
        return list(
            self.session.scalars(
                select(Redemption).where(
                    Redemption.provider_id == provider_id,
                    Redemption.state == RedemptionState.ACCEPTED.value,
                    Redemption.id.not_in(paid),
                )
            ).unique()
        )

    def release(self, provider_id: UUID, now: datetime) -> PaymentOrder | None:
        """Claim everything payable, and release it in an order of its own."""
        due = self.payable(provider_id)
        if not due:
            return None
        amount = Money(sum(found.amount_minor for found in due), "MDL")
        order = self._order(provider_id, amount, now)
        self._claim(order, due, now)
        self._post(PostingEvent.PAYMENT_RELEASED, order, amount, now)
        return order

    def settle(self, order: PaymentOrder, now: datetime) -> None:
        """Let the bank pay."""
        order.state, order.settled_on = OrderState.SETTLED.value, local_day(now)
        self._post(PostingEvent.SETTLED_BY_BANK, order, order.amount, now)

    def fail(self, order: PaymentOrder, now: datetime) -> None:
        """Let the bank refuse."""
        order.state = OrderState.FAILED.value
        self._post(PostingEvent.PAYMENT_FAILED, order, order.amount, now)

    def bounce(self, order: PaymentOrder, charges: int, now: datetime) -> None:
        """Let a settled payment come back, less charges that the programme bears."""
        clawed = self.session.scalar(
            select(func.coalesce(func.sum(Redemption.amount_minor), 0))
            .join(ClaimLine, ClaimLine.redemption_id == Redemption.id)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(
                Claim.payment_order_id == order.id,
                Redemption.state == RedemptionState.REVERSED.value,
            )
        )
        still_open = min(int(clawed or 0), self.balance(order.provider_id).receivable.minor)
        order.state = OrderState.RETURNED.value
        parts = (
            (still_open, PostingEvent.RETURNED_CLAWED, PostingEvent.RETURN_CHARGES_CLAWED),
            (order.amount_minor - still_open, PostingEvent.RETURNED_OPEN,
             PostingEvent.RETURN_CHARGES),
        )  # fmt: skip
        for part, arrived, charged in parts:
            kept = min(charges, part)
            charges -= kept
            for minor, event in ((part - kept, arrived), (kept, charged)):
                if minor:
                    self._post(event, order, Money(minor, "MDL"), now)

    def repay(self, provider_id: UUID, minor: int, now: datetime) -> None:
        """Let a provider pay back what it owes."""
        post(
            self.session, PostingEvent.REPAID, Money(minor, "MDL"), key=f"repaid|{new_id()}",
            source=Source("provider", provider_id), about=Dimensions(provider_id=provider_id),
            actor=SYSTEM, now=now,
        )  # fmt: skip

    def orders(self, *states: OrderState) -> list[PaymentOrder]:
        """Return the orders in `states`."""
        return list(
            self.session.scalars(
                select(PaymentOrder)
                .join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
                .where(PaymentOrder.state.in_([state.value for state in states]))
                .order_by(PaymentBatch.prepared_at)
            )
        )

    def balance(self, provider_id: UUID) -> ProviderBalance:
        """Return what a provider is owed and owes."""
        found = provider_balances(self.session, [provider_id])
        return found.get((provider_id, "MDL"), ProviderBalance(_NOTHING, _NOTHING))

    def _order(self, provider_id: UUID, amount: Money, now: datetime) -> PaymentOrder:
        day: date = local_day(now)
        batch = PaymentBatch(
            id=new_id(), reference=new_reference("B", 10), message_id=new_reference("M", 10),
            bank_account_id=self.cast.bank_account.id, currency="MDL", rail=Rail.MDL_CSV.value,
            execution_on=day, total_minor=amount.minor, state=BatchState.RELEASED.value, prepared_by=self.cast.petru.id,
            prepared_at=now, approved_by=self.cast.alina.id, approved_at=now,
            released_by=self.cast.radu.id, released_at=now,
        )  # fmt: skip
        order = PaymentOrder(
            id=new_id(), reference=new_reference("PO", 10), end_to_end_id=new_reference("E", 10),
            batch=batch, provider_id=provider_id, payee_name="Centrul", payee_iban="MD24AG00",
            amount_minor=amount.minor, currency="MDL", text="servicii",
            state=OrderState.RELEASED.value,
        )  # fmt: skip
        self.session.add_all([batch, order])
        self.session.flush()
        return order

    def _claim(self, order: PaymentOrder, due: list[Redemption], now: datetime) -> None:
        for line in self.session.scalars(
            select(ClaimLine).where(
                ClaimLine.redemption_id.in_([found.id for found in due]),
                ClaimLine.state != ClaimLineState.REFUSED.value,
            )
        ):
            line.state = ClaimLineState.REFUSED.value  # its order died: it is claimed anew
        self.session.flush()
        day = local_day(now)
        claim = Claim(
            id=new_id(), reference=new_reference("C", 10), provider_id=order.provider_id,
            currency="MDL", invoiced_minor=order.amount_minor, period_from=day, period_until=day,
            state=ClaimState.IN_PAYMENT.value, created_at=now, payment_order_id=order.id,
        )  # fmt: skip
        claim.lines = [
            ClaimLine(id=new_id(), redemption_id=found.id, amount_minor=found.amount_minor,
                      currency="MDL", state=ClaimLineState.ACCEPTED.value)
            for found in due
        ]  # fmt: skip
        self.session.add(claim)
        self.session.flush()

    def _post(self, event: PostingEvent, order: PaymentOrder, amount: Money, now: datetime) -> None:
        self.session.flush()
        post(
            self.session, event, amount, key=f"{event.value}|{order.id}",
            source=Source("payment_order", order.id),
            about=Dimensions(provider_id=order.provider_id), actor=SYSTEM, now=now,
        )  # fmt: skip
