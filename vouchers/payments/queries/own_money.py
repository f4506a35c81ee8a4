"""What a provider has earned, and how far its money has come.

Each confirmed delivery stands in one part at a time, so that the parts add up to what the books owe
it. Batches and the journal are finance's rows: they are read as the system, of one provider.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, func, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from reintegration.codelists.currencies import HOME
from reintegration.kernel import banking_days
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.web.paging import Keys, Page, page_of
from vouchers.books.models import LEDGER_TOTAL, LedgerEntry, LedgerLine
from vouchers.books.states import Account
from vouchers.payments.models import Claim, ClaimLine, PaymentBatch, PaymentOrder
from vouchers.payments.states import (
    IN_THE_BOOKS,
    SENT_OR_PAID,
    ClaimLineState,
    ClaimState,
    MoneyPart,
    OrderState,
)
from vouchers.voucher.models import Redemption
from vouchers.voucher.states import RedemptionState

_DELIVERED = {
    RedemptionState.UNCONFIRMED: MoneyPart.UNCONFIRMED,
    RedemptionState.ACCEPTED: MoneyPart.UNCLAIMED,
}
_CLAIMED = {
    ClaimState.DRAFT: MoneyPart.DRAFTED,
    ClaimState.SUBMITTED: MoneyPart.SUBMITTED,
    ClaimState.DISPUTED: MoneyPart.DISPUTED,
    ClaimState.CHECKED: MoneyPart.CHECKED,
}
_ORDERED = {OrderState.PREPARED: MoneyPart.PREPARED, OrderState.RELEASED: MoneyPart.SENT}
_PAID = (MoneyPart.PAID_THIS_MONTH, MoneyPart.PAID_BEFORE)
_IN_ORDERS = (*_ORDERED.values(), *_PAID)


@dataclass(frozen=True, slots=True)
class Coming:
    """What should arrive on a day, sent already or still to be released."""

    on: date
    amount: Money
    sent: bool


@dataclass(frozen=True, slots=True)
class OwnMoney:
    """A provider's money in one currency: its parts, and when what is ordered should arrive."""

    currency: str
    parts: Mapping[MoneyPart, Money]
    coming: tuple[Coming, ...]

    def of(self, part: MoneyPart) -> Money:
        """Return one part."""
        return self.parts.get(part, Money.zero(self.currency))

    @property
    def has_left(self) -> bool:
        """Whether anything was sent or paid."""
        return any(self.of(one) for one in SENT_OR_PAID)

    @property
    def owed(self) -> Money:
        """Return what the books owe, less what is owed to them: 2100 less 1300."""
        each = (self.of(one) for one in IN_THE_BOOKS if one is not MoneyPart.OWED)
        return total(each, self.currency) - self.of(MoneyPart.OWED)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row that a part counts: a delivery, a claim, an order, or what was posted of a debt."""

    day: date | None
    reference: str
    about: Any
    amount: Money
    claim_id: UUID | None = None


def own_money(session: Session, provider_id: UUID, *, today: date) -> list[OwnMoney]:
    """Return a provider's money in each currency that it has any in, ours first."""
    parts: dict[str, dict[MoneyPart, Money]] = {}
    for part, amount in (
        *_of_deliveries(session, provider_id),
        *_of_claims(session, provider_id),
        *_of_orders(session, provider_id, today),
    ):
        parts.setdefault(amount.currency, {})[part] = amount
    with acting_as_system(session):
        journal = _journal(session, provider_id)
        coming = _coming(session, provider_id)
    for account, owed in journal:
        kept = parts.setdefault(owed.currency, {})
        if account == Account.PROVIDER_RECEIVABLE:
            kept[MoneyPart.OWED] = -owed
        else:
            kept[MoneyPart.REFUND] = owed - _owed_by_rows(kept, owed.currency)
    return [
        OwnMoney(one, parts[one], tuple(by for by in coming if by.amount.currency == one))
        for one in sorted(parts, key=lambda code: (code != HOME, code))
    ]


def _owed_by_rows(kept: Mapping[MoneyPart, Money], currency: str) -> Money:
    rows = set(IN_THE_BOOKS) - {MoneyPart.REFUND, MoneyPart.OWED}
    return total((amount for part, amount in kept.items() if part in rows), currency)


def _of_deliveries(session: Session, provider_id: UUID) -> Iterable[tuple[MoneyPart, Money]]:
    rows = session.execute(
        select(
            Redemption.state, InMoney("sum", func.sum(Redemption.amount_minor), Redemption.currency)
        )
        .where(
            Redemption.provider_id == provider_id,
            Redemption.state.in_(_DELIVERED),
            ~Redemption.claimed,
        )
        .group_by(Redemption.state, Redemption.currency)
    )
    return [(_DELIVERED[state], amount) for state, amount in rows]


def _of_claims(session: Session, provider_id: UUID) -> Iterable[tuple[MoneyPart, Money]]:
    rows = session.execute(
        select(Claim.state, InMoney("sum", func.sum(ClaimLine.amount_minor), Claim.currency))
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(
            Claim.provider_id == provider_id,
            Claim.state.in_(_CLAIMED),
            ClaimLine.state != ClaimLineState.REFUSED,
        )
        .group_by(Claim.state, Claim.currency)
    )
    return [(_CLAIMED[state], amount) for state, amount in rows]


def _of_orders(
    session: Session, provider_id: UUID, today: date
) -> Iterable[tuple[MoneyPart, Money]]:
    """Return what is ordered and paid; what is not sent yet with what will be set off of it."""
    waits = PaymentOrder.state == OrderState.PREPARED
    recent = func.coalesce(PaymentOrder.settled_on >= today.replace(day=1), false())
    minor = func.sum(
        PaymentOrder.amount_minor
        - PaymentOrder.taken_back_minor
        + case((waits, PaymentOrder.offset_minor), else_=0)
    )
    rows = session.execute(
        select(PaymentOrder.state, recent, InMoney("sum", minor, PaymentOrder.currency))
        .where(
            PaymentOrder.provider_id == provider_id,
            PaymentOrder.state.in_((*_ORDERED, OrderState.SETTLED)),
        )
        .group_by(PaymentOrder.state, recent, PaymentOrder.currency)
    )
    return [(_ORDERED.get(state, _PAID[not is_new]), amount) for state, is_new, amount in rows]


def _journal(session: Session, provider_id: UUID) -> list[tuple[Account, Money]]:
    """Return what the books say is owed to a provider (2100), and by it (1300, below zero)."""
    kept = LEDGER_TOTAL.c
    credit = func.sum(kept.credit_minor - kept.debit_minor)
    rows = session.execute(
        select(kept.account, InMoney("sum", credit, kept.currency))
        .where(
            kept.provider_id == provider_id,
            kept.account.in_((Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE)),
        )
        .group_by(kept.account, kept.currency)
    )
    return [(account, amount) for account, amount in rows]


def _coming(session: Session, provider_id: UUID) -> list[Coming]:
    sent = PaymentOrder.state == OrderState.RELEASED
    rows = session.execute(
        select(
            PaymentBatch.execution_on,
            sent.label("sent"),
            InMoney("sum", func.sum(PaymentOrder.amount_minor), PaymentOrder.currency),
        )
        .join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
        .where(
            PaymentOrder.provider_id == provider_id,
            PaymentOrder.state.in_(_ORDERED),
            PaymentOrder.amount_minor > 0,
        )
        .group_by(PaymentBatch.execution_on, sent, PaymentOrder.currency)
    )
    found = [Coming(arrives_on(day), amount, was_sent) for day, was_sent, amount in rows]
    return sorted(found, key=lambda one: (one.on, not one.sent))


def arrives_on(execution_on: date) -> date:
    """Return the day on which an order should arrive: the first on which banks work, from then."""
    return banking_days.from_on(execution_on)


def part_rows(
    session: Session,
    provider_id: UUID,
    part: MoneyPart,
    currency: str,
    *,
    today: date,
    cursor: str | None,
) -> Page[PartRow]:
    """Return a page of the rows that a part counts, the newest first."""
    if part in _DELIVERED.values():
        return _delivery_rows(session, provider_id, part, currency, cursor)
    if part in _CLAIMED.values():
        return _claim_rows(session, provider_id, part, currency, cursor)
    if part in _IN_ORDERS:
        return _order_rows(session, provider_id, part, currency, today, cursor)
    return _debt_rows(session, provider_id, currency, cursor)


def _delivery_rows(
    session: Session, provider_id: UUID, part: MoneyPart, currency: str, cursor: str | None
) -> Page[PartRow]:
    states = [state for state, found in _DELIVERED.items() if found is part]
    asked = (
        select(Redemption)
        .where(
            Redemption.provider_id == provider_id,
            Redemption.state.in_(states),
            Redemption.currency == currency,
            ~Redemption.claimed,
        )
        .options(joinedload(Redemption.voucher))
    )
    page = page_of(
        session, asked, keys=(Redemption.delivered_on, Redemption.receipt), cursor=cursor
    )
    return _told(
        page, lambda one: PartRow(one.delivered_on, one.receipt, one.voucher.category, one.amount)
    )


def _claim_rows(
    session: Session, provider_id: UUID, part: MoneyPart, currency: str, cursor: str | None
) -> Page[PartRow]:
    states = [state for state, found in _CLAIMED.items() if found is part]
    asked = (
        select(Claim)
        .where(
            Claim.provider_id == provider_id, Claim.state.in_(states), Claim.currency == currency
        )
        .options(selectinload(Claim.lines).options(lazyload(ClaimLine.redemption)))
    )
    page = page_of(session, asked, keys=(Claim.created_at, Claim.id), cursor=cursor)
    return _told(
        page,
        lambda one: PartRow(
            one.period_until, one.reference, one.state, one.payable, claim_id=one.id
        ),
    )


def _order_rows(
    session: Session,
    provider_id: UUID,
    part: MoneyPart,
    currency: str,
    today: date,
    cursor: str | None,
) -> Page[PartRow]:
    asked = _orders(provider_id, part, currency, today)
    by = PaymentOrder.settled_on if part in _PAID else PaymentOrder.reference
    keys: Keys = (by, PaymentOrder.id)
    with acting_as_system(session):
        page = page_of(
            session, asked.options(joinedload(PaymentOrder.batch)), keys=keys, cursor=cursor
        )
    return _told(page, lambda one: _order_row(one, part))


def _orders(provider_id: UUID, part: MoneyPart, currency: str, today: date) -> Select[PaymentOrder]:
    asked = select(PaymentOrder).where(
        PaymentOrder.provider_id == provider_id, PaymentOrder.currency == currency
    )
    month = today.replace(day=1)
    if part in _PAID:
        recent = PaymentOrder.settled_on >= month
        asked = asked.where(PaymentOrder.state == OrderState.SETTLED)
        return asked.where(recent if part is MoneyPart.PAID_THIS_MONTH else ~recent)
    return asked.where(
        PaymentOrder.state.in_([state for state, found in _ORDERED.items() if found is part])
    )


def _order_row(order: PaymentOrder, part: MoneyPart) -> PartRow:
    amount = order.amount - order.taken_back
    if part is MoneyPart.PREPARED:
        amount += order.offset
    day = order.settled_on or arrives_on(order.batch.execution_on)
    return PartRow(day, order.reference, order.state, amount)


def _debt_rows(
    session: Session, provider_id: UUID, currency: str, cursor: str | None
) -> Page[PartRow]:
    """Return what was posted of a debt: what must come back, less what was repaid or set off."""
    of_debt = (
        LedgerLine.provider_id == provider_id,
        LedgerLine.account == Account.PROVIDER_RECEIVABLE,
        LedgerLine.currency == currency,
    )
    asked = select(LedgerEntry).join(LedgerLine).where(*of_debt)
    with acting_as_system(session):
        page = page_of(session, asked, keys=(LedgerEntry.posted_at, LedgerEntry.id), cursor=cursor)
        ids = [entry.id for entry in page.rows]
        lines = session.scalars(
            select(LedgerLine).where(LedgerLine.entry_id.in_(ids), *of_debt)
        ).all()
    posted = {line.entry_id: line.debit - line.credit for line in lines}
    return _told(page, lambda one: PartRow(one.posted_on, "", one.event, posted[one.id]))


def _told(page: Page[Any], told: Any) -> Page[PartRow]:
    return Page([told(one) for one in page.rows], page.older, page.newer)
