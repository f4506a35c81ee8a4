"""Every thirty days providers ask to be paid, finance checks, three people pay, the bank books."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from demo import words
from demo.bank import (
    BANK_NAME,
    FEE_INSIDE,
    INTEREST_TEXT,
    OTHERS_TEXT,
    PART_TEXT,
    UNKNOWN_TEXT,
    WITH_FEE_TEXT,
    Bank,
)
from demo.funds import APPROVER, PREPARER
from demo.papers import Papers
from demo.stripe import Stripe
from demo.timeline import Story, at
from demo.world import Firm, World
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.services import batches as payments
from vouchers.payments.services import claims
from vouchers.payments.states import ClaimLineState, ClaimState, OrderState, Rail
from vouchers.stripe_rail.queries import payable
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.states import RedemptionState

RELEASER = "radu.bejan"
CYCLES = 12
_TOGETHER = 3
"""In this cycle the bank books all payments in lei as one entry, and explains it afterwards."""
LAST = 18
"""The last whole cycle began so many days ago."""


Unclaimed = dict[tuple[UUID, str], list[Redemption]]


def unclaimed(world: World) -> Unclaimed:
    """Return what each provider has delivered in each currency and not asked for, oldest first."""
    found: Unclaimed = {}
    for one in world.session.scalars(
        select(Redemption)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .where(Redemption.state == RedemptionState.ACCEPTED, ~Redemption.claimed)
        .order_by(Redemption.recorded_at, Redemption.amount_minor, Voucher.created_at)
    ).unique():
        found.setdefault((one.provider_id, one.currency), []).append(one)
    return found


def _in_order(claim: Claim) -> list[ClaimLine]:
    """Return the lines that stand, by when they were delivered; their ids are chance."""
    standing = [line for line in claim.lines if line.state != ClaimLineState.REFUSED]
    return sorted(standing, key=lambda line: (line.redemption.recorded_at, line.amount_minor))


def _equal_pair(delivered: Sequence[Redemption]) -> tuple[Redemption, Redemption] | None:
    seen: dict[int, Redemption] = {}
    for one in delivered:
        if one.amount_minor in seen:
            return seen[one.amount_minor], one
        seen[one.amount_minor] = one
    return None


class Payments:
    """Providers' bookkeepers, and the three of finance."""

    def __init__(self, world: World, bank: Bank, stripe: Stripe) -> None:
        self.world, self.bank, self.stripe, self.invoices = world, bank, stripe, 0
        self.papers = Papers(world)
        self.twin: Claim | None = None
        """A claim for as much as another of the same provider, paid by a batch of its own."""

    def cycle(self, number: int) -> Story:
        """Live one cycle; number 0 is the latest, whose statement leaves work to a person."""
        begins = LAST + 30 * number
        yield self._when(begins, 0)
        asked = self._ask(twins=number == 0)
        yield self._when(begins, 2)
        yield from self._check(asked, begins)
        yield self._when(begins, 5)
        batches = self._prepare(cancel_first=number == 2)
        yield self._when(begins, 6, 13)
        for batch in batches:
            payments.approve(
                self.world.session, batch, actor=self.world.actor(APPROVER), now=self.world.now
            )
        yield self._when(begins, 6, 16)
        for batch in batches:
            payments.release(
                self.world.session, batch, actor=self.world.actor(RELEASER), now=self.world.now
            )
        self.stripe.pay(batches, fails=number < 2, taken_back=number == 1)
        self._book(batches, begins, number)
        yield self._when(begins, 14)
        for currency in ("MDL", "EUR"):
            as_table = currency == "EUR" and number == 2
            self.bank.statement(currency, self.world.ago(begins - 13), as_table=as_table)
        self.bank.explain()
        if number:
            self.bank.settle_the_known()
        else:
            self.bank.ask_the_donor()

    def claim(self, firm: Firm, delivered: Sequence[Redemption], *, send: bool = True) -> Claim:
        """Draft a claim and send it with an invoice of the provider's own."""
        bookkeeper = self.world.actor(firm.bookkeeper)
        claim = claims.draft(
            self.world.session,
            actor=bookkeeper,
            now=self.world.now,
            redemption_ids=[one.id for one in delivered],
        )
        self.papers.invoice(firm, claim)
        if send:
            self.invoices += 1
            claims.submit(
                self.world.session,
                claim,
                actor=bookkeeper,
                invoiced=claim.payable,
                invoice_number=f"F-{self.world.day:%y}-{self.invoices:04d}",
                now=self.world.now,
            )
        return claim

    def accept(self, claim: Claim) -> None:
        """Accept every line and say that the claim is right; close it when nothing is left."""
        preparer, session = self.world.actor(PREPARER), self.world.session
        claims.accept_lines(
            session,
            claim,
            actor=preparer,
            now=self.world.now,
            line_ids=[line.id for line in claim.lines],
        )
        decide = claims.check if claim.payable else claims.close
        decide(session, claim, actor=preparer, now=self.world.now)

    def dispute(self, claim: Claim, turn: int) -> None:
        """Send a claim back with its first line in doubt."""
        claims.dispute(
            self.world.session,
            claim,
            actor=self.world.actor(PREPARER),
            now=self.world.now,
            line_ids=[_in_order(claim)[0].id],
            reason=words.DISPUTES[turn % len(words.DISPUTES)],
        )

    def batch(self, chosen: Sequence[Claim], *, ahead: int = 0) -> PaymentBatch:
        """Put checked claims that are paid one way into a batch, to leave so many days `ahead`."""
        by_bank = self.world.accounts[chosen[0].currency]
        paid_from = Rail.STRIPE_TRANSFER if self.is_at_stripe(chosen[0]) else by_bank
        return payments.prepare(
            self.world.session,
            actor=self.world.actor(PREPARER),
            now=self.world.now,
            claim_ids=[claim.id for claim in chosen],
            execution_on=self.world.day + timedelta(days=ahead),
            paid_from=paid_from,
        )

    def orders(self, batches: Sequence[PaymentBatch]) -> list[PaymentOrder]:
        """Return the orders of batches that were sent, largest first."""
        found = self.world.session.scalars(
            select(PaymentOrder).where(
                PaymentOrder.batch_id.in_([batch.id for batch in batches]),
                PaymentOrder.state == OrderState.RELEASED,
            )
        )
        return sorted(found, key=lambda order: (-order.amount_minor, order.payee_name))

    def _ask(self, *, twins: bool) -> list[Claim]:
        asked: list[Claim] = []
        waiting = unclaimed(self.world)
        for firm in self.world.firms.values():
            for currency in ("MDL", "EUR"):
                delivered = waiting.get((firm.provider.id, currency), [])
                pair = _equal_pair(delivered) if twins and not self.twin else None
                if pair is not None:
                    first, second = (self.claim(firm, [one]) for one in pair)
                    self.twin = second
                    asked += [first, second]
                elif delivered:
                    asked.append(self.claim(firm, delivered))
        return asked

    def _check(self, asked: Sequence[Claim], begins: int) -> Story:
        """Accept most; dispute every seventh, refuse a line of every eleventh."""
        disputed = []
        for turn, claim in enumerate(asked):
            if turn % 7 == 4 and claim.payable:
                self.dispute(claim, turn)
                disputed.append(claim)
                continue
            if turn % 11 == 6 and len(_in_order(claim)) > 1:
                claims.refuse_line(
                    self.world.session,
                    _in_order(claim)[-1],
                    actor=self.world.actor(PREPARER),
                    reason="Nu este semnătura persoanei.",
                    now=self.world.now,
                )
            self.accept(claim)
        yield self._when(begins, 3)
        for turn, claim in enumerate(disputed):
            bookkeeper = self.world.actor(self.world.firm_of(claim.provider_id).bookkeeper)
            claims.answer(
                self.world.session,
                claim,
                actor=bookkeeper,
                now=self.world.now,
                text=words.ANSWERS[turn % len(words.ANSWERS)],
            )
        yield self._when(begins, 4)
        for claim in disputed:
            self.accept(claim)

    def _prepare(self, *, cancel_first: bool) -> list[PaymentBatch]:
        made = []
        waiting = [
            claim
            for currency in ("MDL", "EUR")
            for claim in self.checked(currency)
            if claim is not self.twin
        ]
        for checked in self.by_way(waiting):
            batch, currency = self.batch(checked), checked[0].currency
            if cancel_first and currency == "MDL":
                payments.cancel(
                    self.world.session,
                    batch,
                    actor=self.world.actor(PREPARER),
                    reason="Ziua plății era greșită.",
                    now=self.world.now,
                )
                batch = self.batch(self.checked(currency))
            made.append(batch)
        if self.twin is not None:
            made.append(self.batch([self.twin]))
            self.twin = None
        return made

    def checked(self, currency: str) -> list[Claim]:
        """Return the claims that wait for a batch."""
        return list(
            self.world.session.scalars(
                select(Claim)
                .where(Claim.state == ClaimState.CHECKED, Claim.currency == currency)
                .order_by(Claim.created_at, Claim.invoice_number)
            )
        )

    def by_way(self, chosen: Sequence[Claim]) -> list[list[Claim]]:
        """Return the claims that can be paid today, by currency and way: each is a batch."""
        at_stripe = self._accounts_at_stripe()
        stopped = payable.why_not(self.world.session, list(at_stripe.values()), self.world.day)
        names = {one.service_account for one in stopped}  # Stripe stops some meanwhile
        groups: dict[tuple[str, bool], list[Claim]] = {}
        for claim in chosen:
            account = at_stripe.get((claim.provider_id, claim.currency))
            if account not in names:
                groups.setdefault((claim.currency, account is not None), []).append(claim)
        return list(groups.values())

    def is_at_stripe(self, claim: Claim) -> bool:
        """Whether a claim is paid through Stripe."""
        return (claim.provider_id, claim.currency) in self._accounts_at_stripe()

    def _accounts_at_stripe(self) -> dict[tuple[UUID, str], str]:
        found = self.world.session.scalars(
            select(PayeeAccount).where(
                PayeeAccount.approved_at.is_not(None), PayeeAccount.retired_at.is_(None)
            )
        )
        return {
            (one.provider_id, one.currency): one.service_account
            for one in found
            if one.service_account
        }

    def _book(self, batches: Sequence[PaymentBatch], begins: int, number: int) -> None:
        """Let the bank pay, or refuse one; fees are taken; one of the month before comes back."""
        orders = self.orders(batches)
        if number == 1 and len(orders) > 2 and orders[-1].payee_iban:
            self.bank.answer(orders.pop(), "AC01", "contul nu există")
        days = [self.world.ago(begins - late) for late in (7, 8, 9)]
        for currency in ("MDL", "EUR"):
            self.bank.book_fee(currency, self.world.ago(begins - 12))
        if number == 0:
            leave_work(self.bank, orders, days)
            return
        if number == 1:
            orders = pay_oddly(self.bank, orders, days)
        if number == _TOGETHER:
            together = [order for order in orders if order.currency == "MDL"]
            orders = [order for order in orders if order.currency != "MDL"]
            if together:
                self.bank.pay_together(together, days[0])
        for turn, order in enumerate(orders):
            self.bank.pay(order, days[turn % len(days)])
        if number == 1 and orders:
            come_back(self.bank, orders[0], self.world.ago(begins - 11))

    def _when(self, begins: int, day: int, hour: int = 11) -> datetime:
        return at(self.world.ago(begins - day), hour)


def pay_oddly(
    bank: Bank, orders: Sequence[PaymentOrder], days: Sequence[date]
) -> list[PaymentOrder]:
    """Book two payments as banks sometimes do, interest and money of others; return the rest."""
    bank.book("MDL", days[2], 4_210, BANK_NAME, INTEREST_TEXT)
    bank.book("MDL", days[2], 90_000, "Asociația Exemplu", OTHERS_TEXT)
    odd = [order for order in orders if order.currency == "MDL"][-2:]
    if len(odd) < 2:
        return list(orders)
    fee, parts = odd
    taken = fee.amount_minor + FEE_INSIDE
    bank.book("MDL", days[0], -taken, fee.payee_name, WITH_FEE_TEXT, iban=fee.payee_iban)
    first = parts.amount_minor // 2
    for minor, day in ((first, days[0]), (parts.amount_minor - first, days[1])):
        text = f"{PART_TEXT} {parts.reference}"
        bank.book("MDL", day, -minor, parts.payee_name, text, iban=parts.payee_iban)
    return [order for order in orders if order not in odd]


def come_back(bank: Bank, order: PaymentOrder, day: date, *, less: int = 0) -> None:
    """Bring a payment back, whole or less what the bank kept."""
    bank.book(
        order.currency,
        day,
        order.amount_minor - less,
        order.payee_name,
        "retur AC04",
        iban=order.payee_iban,
        end_to_end=order.end_to_end_id,
        returned="AC04",
    )


def leave_work(bank: Bank, orders: Sequence[PaymentOrder], days: Sequence[date]) -> None:
    """Book the latest payments so that a person has something to find out in each usual way."""
    mdl = [order for order in orders if order.currency == "MDL"]
    twins, lone = _twins(mdl), [order for order in mdl if order not in _twins(mdl)]
    for order in twins[:1]:
        bank.book(
            "MDL", days[2], -order.amount_minor, order.payee_name, "servicii", iban=order.payee_iban
        )
    odd, plain = lone[:4] if len(lone) > 5 else lone[:1], lone[4 if len(lone) > 5 else 1 :]
    for turn, order in enumerate(odd[:2]):
        missing = 5_000 if turn else 0
        bank.book("MDL", days[turn], missing - order.amount_minor, order.payee_name, order.text)
    if len(odd) == 4:
        both = odd[2:]
        bank.book(
            "MDL",
            days[0],
            -sum(order.amount_minor for order in both),
            both[0].payee_name,
            " ".join(order.reference for order in both),
        )
    rest = [*plain, *(order for order in orders if order.currency == "EUR")]
    for turn, order in enumerate(rest):
        bank.pay(order, days[turn % len(days)])
    if plain:
        come_back(bank, plain[-1], days[2] + timedelta(days=3), less=2_500)
        bank.book(
            "MDL",
            days[2] + timedelta(days=2),
            -plain[0].amount_minor,
            plain[0].payee_name,
            "servicii, repetat",
            iban=plain[0].payee_iban,
        )
    bank.book("MDL", days[2] + timedelta(days=1), 200_000, "necunoscut", UNKNOWN_TEXT)


def _twins(orders: Sequence[PaymentOrder]) -> list[PaymentOrder]:
    """Return two orders that a bank line without a reference cannot tell apart."""
    seen: dict[tuple[UUID, int], PaymentOrder] = {}
    for order in orders:
        key = (order.provider_id, order.amount_minor)
        if key in seen:
            return [seen[key], order]
        seen[key] = order
    return []
