"""What Stripe did in the year: three providers have an account there and are paid to it in euro.

Nothing is sent while the demo is made. What would have come as an answer, a message or by the
nightly look goes through the services that take it, and into the books that the simulator reads.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from demo.bank import TOP_UP_TEXT, Bank
from demo.funds import APPROVER, FUNDS, PREPARER, grant_of
from demo.stripe_accounts import account_as_told
from demo.stripe_books import BANK_FIELD, Shown, new_id
from demo.timeline import Story, at
from demo.world import World
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id as new_uuid
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.states import OrderState, Rail
from vouchers.stripe_rail.models import StripeEvent
from vouchers.stripe_rail.objects import Due, Payout, Reversal, Transfer
from vouchers.stripe_rail.services import accounts, payouts, reversals, sweep, transfers
from vouchers.stripe_rail.services.sweep import Swept
from vouchers.stripe_rail.states import EventState, PayoutState, ReversalCause

_TOPPED_UP = ((360, 45), (202, 30), (72, 25))
"""How many days ago money went to Stripe, after which part of the year's grant, in percent."""
_UNLUCKY = "drept"
"""The provider whose bank account is closed, twice."""
_LATEST_TOP_UP, _LATEST_SUM = 2, Money(25_000, "EUR")
_EURO_FUND = next(draft for draft in FUNDS if draft.currency == "EUR")
_MISSING = (Due(BANK_FIELD, "past_due", by_stripe=False, problem="invalid_value_other"),)


class Stripe:
    """The balance of the programme at Stripe, and what becomes of its transfers."""

    def __init__(self, world: World, bank: Bank) -> None:
        self.world, self.bank, self.books = world, bank, world.stripe

    def top_ups(self) -> Story:
        """Send half of each grant in euro; of the latest money the bank says nothing yet."""
        for days, percent in _TOPPED_UP:
            yield at(self.world.ago(days), 10)
            self._top_up(grant_of(self.world, _EURO_FUND, percent).share(1, 2))
        yield at(self.world.ago(_LATEST_TOP_UP), 10)
        self._top_up(_LATEST_SUM)

    def _top_up(self, amount: Money) -> None:
        self.bank.book("EUR", self.world.day, -amount.minor, "Stripe", TOP_UP_TEXT)
        self.books.top_up(amount, self.world.now + timedelta(hours=4))

    def sweep(self) -> None:
        """Look at the balance line by line, as every night; while the demo is made, less often."""
        told = self.books.lines()
        balance = sum((line.net for line in told), Money.zero("EUR"))
        found = Swept(tuple(told), (), (), (balance,), until=self.world.now)
        sweep.swept(self.world.session, found, now=self.world.now)

    def pay(self, batches: Sequence[PaymentBatch], *, fails: bool, taken_back: bool) -> None:
        """Make the transfer of each order; one provider's payout may fail, and be taken back."""
        for order in self._released(batches):
            unlucky = fails and order.provider_id == self.world.firms[_UNLUCKY].provider_id
            self._pay(order, fails=unlucky, taken_back=taken_back)

    def pay_and_lose_an_answer(self, batch: PaymentBatch) -> None:
        """Make the transfers of a batch, and let nobody hear of the first till the next sweep."""
        for turn, order in enumerate(self._released([batch])):
            if turn:
                self._pay(order, fails=False, taken_back=False)
                continue
            self._transfer(order)
            key = f"payment_order:{order.id}:transfer"
            self.books.answer_nothing(key=key, group=order.end_to_end_id)
            self.world.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.idempotency_key == key)
                .values(
                    state=OutboxState.UNKNOWN.value,
                    attempts=1,
                    settled_at=self.world.now,
                    error="OutcomeUnknown: the connection ended without an answer",
                )
            )

    def _pay(self, order: PaymentOrder, *, fails: bool, taken_back: bool) -> None:
        transfer = self._transfer(order)
        transfers.made(self.world.session, transfer, now=self.world.now)
        self._message_of(transfer)
        story = self._payout(order, transfer, fails=fails, taken_back=taken_back)
        self.world.timeline.start_at(self.world.now + timedelta(days=1), story)

    def _message_of(self, transfer: Transfer) -> None:
        """Keep the message by which Stripe told of a transfer, worked off."""
        now = self.world.now
        told = StripeEvent(
            id=new_uuid(),
            reference=new_id("evt"),
            kind="transfer.created",
            about=transfer.reference,
            made_at=transfer.made_at,
            received_at=now,
            next_attempt_at=now,
            state=EventState.DONE,
            settled_at=now,
        )
        self.world.session.add(told)

    def _released(self, batches: Iterable[PaymentBatch]) -> list[PaymentOrder]:
        paid_there = [batch.id for batch in batches if batch.rail == Rail.STRIPE_TRANSFER]
        found = self.world.session.scalars(
            select(PaymentOrder).where(
                PaymentOrder.batch_id.in_(paid_there), PaymentOrder.state == OrderState.RELEASED
            )
        )
        return sorted(found, key=lambda order: (-order.amount_minor, order.payee_name))

    def _transfer(self, order: PaymentOrder) -> Transfer:
        made_at = self.world.now.astimezone(UTC)
        account = order.payee_service_account
        reference = self.books.transfer(
            order.amount, account, order=order.reference, group=order.end_to_end_id, at=made_at
        )
        return Transfer(
            reference=reference,
            order=order.reference,
            group=order.end_to_end_id,
            destination=account,
            amount=order.amount,
            reversed=Money.zero(order.currency),
            made_at=made_at,
            live=False,
        )

    def _payout(
        self, order: PaymentOrder, transfer: Transfer, *, fails: bool, taken_back: bool
    ) -> Story:
        """Let Stripe pay out what an account holds, and tell how it went."""
        begun = self.books.pay_out(transfer.destination, self.world.now)
        if begun is None:
            return
        self._tell(begun)
        yield datetime.fromtimestamp(begun["arrival_date"], UTC)
        if not fails:
            self.books.arrive(begun)
            self._tell(begun)
            return
        self.books.fail(begun, self.world.now)
        self._tell(begun)
        self._tell_account(transfer.destination, missing=_MISSING)
        if taken_back:
            yield from self._take_back(order, transfer)

    def _take_back(self, order: PaymentOrder, transfer: Transfer) -> Story:
        """Take a transfer back that did not arrive, by two; the provider then mends its account."""
        session = self.world.session
        yield self.world.now + timedelta(hours=9)
        asked = reversals.ask(
            session,
            order,
            actor=self.world.actor(PREPARER),
            cause=ReversalCause.PAYOUT_FAILED,
            amount=order.amount,
            reason="Contul bancar al prestatorului este închis.",
            now=self.world.now,
        )
        yield self.world.now + timedelta(hours=3)
        reversals.confirm(session, asked, actor=self.world.actor(APPROVER), now=self.world.now)
        key = reversals.key_of(asked.id)
        reference = self.books.reverse(transfer.reference, key=key, at=self.world.now)
        told = Reversal(reference, transfer.reference, order.amount, key, self.world.now)
        reversals.reversed_(session, told, now=self.world.now)
        yield self.world.now + timedelta(days=1)
        self.books.give_bank(transfer.destination)
        self._tell_account(transfer.destination)

    def _tell(self, payout: Shown) -> None:
        payouts.seen(self.world.session, _payout(payout), now=self.world.now)

    def _tell_account(self, reference: str, *, missing: tuple[Due, ...] = ()) -> None:
        accounts.seen(self.world.session, account_as_told(reference, missing), now=self.world.now)


def _payout(shown: Shown) -> Payout:
    return Payout(
        reference=shown["id"],
        account=shown["account"],
        amount=Money(shown["amount"], "EUR"),
        state=PayoutState(shown["status"]),
        arrives_on=local_day(datetime.fromtimestamp(shown["arrival_date"], UTC)),
        failure_code=shown.get("failure_code", ""),
        made_at=datetime.fromtimestamp(shown["created"], UTC),
        live=False,
    )
