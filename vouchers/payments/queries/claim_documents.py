"""What stands on the papers of a claim: the act of its acceptance, the advice of its payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from providers.directory.models import Provider
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount
from vouchers.payments.models import Claim, ClaimLine, PaymentOrder
from vouchers.payments.queries import claims as reading
from vouchers.payments.queries.claims import Delivered
from vouchers.payments.queries.own_money import arrives_on
from vouchers.payments.states import ClaimLineState, ClaimState, OrderState

_ACCEPTED = (ClaimState.CHECKED, ClaimState.IN_PAYMENT, ClaimState.PAID)
_LEFT = (OrderState.RELEASED, OrderState.SETTLED)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of a claim: what was delivered, and whether it was accepted."""

    claim: str
    delivered: Delivered
    amount: Money
    accepted: bool


@dataclass(frozen=True, slots=True)
class ServiceSum:
    """All accepted units of one service at one price; a voucher over a value has no units."""

    service: ServiceCategory
    unit: Unit
    price: Money | None
    units: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Act:
    """What both sides sign: that services of a claim were given and accepted."""

    claim: Claim
    provider: Provider
    payer: str
    lines: Sequence[PaperLine]

    @property
    def services(self) -> list[ServiceSum]:
        """Return what was accepted, by service and price, as it is on the lines."""
        found: dict[tuple[str, str, Money | None], ServiceSum] = {}
        for line in self.lines:
            if line.accepted:
                one = _sum_of(line)
                key = one.service, one.unit, one.price
                found[key] = _added(found[key], one) if key in found else one
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Advice:
    """What an order pays, and when: its claims, line by line; `is_paid`: the day has been."""

    order: PaymentOrder
    provider: Provider
    payer: str
    on: date
    is_paid: bool
    claims: Sequence[Claim]
    lines: Sequence[PaperLine]


def may_have_act(claim: Claim) -> bool:
    """Whether finance accepted a claim: before that nothing is signed."""
    return claim.state in _ACCEPTED and claim.checked_at is not None


def may_have_advice(order: PaymentOrder | None) -> bool:
    """Whether an order has left: before that nothing is advised of."""
    return order is not None and order.state in _LEFT


def act_of(session: Session, claim: Claim) -> Act | None:
    """Return the act of a claim; None before it was checked."""
    if not may_have_act(claim):
        return None
    provider = session.get_one(Provider, claim.provider_id)
    return Act(claim, provider, _payer(session, claim.currency), _lines(session, claim))


def advice_of(session: Session, claim: Claim) -> Advice | None:
    """Return the advice of the order that pays a claim; None before it has left."""
    if claim.payment_order_id is None:
        return None
    with acting_as_system(session):  # its batch is finance's row
        order = session.scalars(
            select(PaymentOrder)
            .where(PaymentOrder.id == claim.payment_order_id)
            .options(joinedload(PaymentOrder.batch))
        ).one()
        if not may_have_advice(order):
            return None
        payer = _payer(session, order.currency, order.batch.bank_account_id)
        expected = arrives_on(order.batch.execution_on)
    paid = session.scalars(
        select(Claim)
        .where(Claim.payment_order_id == order.id)
        .options(selectinload(Claim.lines).options(lazyload(ClaimLine.redemption)))
        .order_by(Claim.created_at, Claim.id)
    ).all()
    lines = [line for one in paid for line in _lines(session, one) if line.accepted]
    provider = session.get_one(Provider, order.provider_id)
    on = order.settled_on or expected
    return Advice(order, provider, payer, on, order.settled_on is not None, paid, lines)


def _payer(session: Session, currency: str, account_id: UUID | None = None) -> str:
    """Return in whose name is paid: the holder of our account; nothing where there is none."""
    asked = select(BankAccount.holder).where(
        BankAccount.approved_at.is_not(None), BankAccount.currency == currency
    )
    if account_id is not None:
        asked = select(BankAccount.holder).where(BankAccount.id == account_id)
    newest = asked.order_by(BankAccount.retired_at.is_not(None), BankAccount.approved_at.desc())
    with acting_as_system(session):
        return session.scalar(newest.limit(1)) or ""


def _lines(session: Session, claim: Claim) -> list[PaperLine]:
    told = reading.deliveries_of(session, claim)
    lines = [
        PaperLine(claim.reference, told[line.id], line.amount, line.state != ClaimLineState.REFUSED)
        for line in claim.lines
    ]
    return sorted(lines, key=lambda one: (one.delivered.delivered_on, one.delivered.receipt))


def _sum_of(line: PaperLine) -> ServiceSum:
    units, amount = line.delivered.units, line.amount
    whole = units > 0 and amount.minor % units == 0
    price = Money(amount.minor // units, amount.currency) if whole else None
    return ServiceSum(service_of(line), Unit(line.delivered.unit), price, units, amount)


def service_of(line: PaperLine) -> ServiceCategory:
    """Return which service a line is about, in the reader's language."""
    return ServiceCategory(line.delivered.category)


def _added(one: ServiceSum, other: ServiceSum) -> ServiceSum:
    units, amount = one.units + other.units, one.amount + other.amount
    return ServiceSum(one.service, one.unit, one.price, units, amount)
