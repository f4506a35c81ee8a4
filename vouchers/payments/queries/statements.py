"""The account of a provider in our books, line by line: what it is owed, less what it owes.

Each line is one of the journal's, on 2100 or 1300, so that what stood before, and the lines, are
what the books say at the end. The journal is finance's: it is read as the system, of one provider.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, literal, select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.codelists.currencies import HOME
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.ports import Port
from vouchers.books.models import LEDGER_TOTAL, LedgerEntry, LedgerLine
from vouchers.books.states import Account, PostingEvent, SourceType
from vouchers.payments.models import PaymentOrder
from vouchers.payments.permissions import StatementPermission
from vouchers.voucher.models import Redemption, Voucher

Posted = Row[*tuple[Any, ...]]
ACCOUNTS = (Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE)
AT_MOST = 5_000
"""Of how many lines a statement is at most; a longer one is asked for in parts."""

bank_references = Port[[Session, Collection[UUID]], dict[UUID, str]](
    "the bank's own references of lines of its statements, by their ids"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from one to another, both of them counted."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: positive what the provider is owed more, and what it is owed after it.

    `service` and `delivered_on` tell of a delivery; nobody is named.
    """

    on: date
    event: PostingEvent
    account: Account
    reference: str
    amount: Money
    balance: Money
    service: ServiceCategory | None = None
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An account over a period in one currency; `more`: it has more lines than were asked for."""

    currency: str
    period: Period
    opening: Money
    lines: Sequence[StatementLine]
    closing: Money
    more: bool


@dataclass(frozen=True, slots=True)
class _Told:
    reference: str
    service: ServiceCategory | None = None
    delivered_on: date | None = None


def provider_or_404(session: Session, actor: Actor, provider_id: UUID) -> Provider:
    """Return a provider whose account is within reach or raise NotFound."""
    seen = permissions.visible(actor, Provider, StatementPermission.VIEW)
    return or_404(session.scalar(seen.where(Provider.id == provider_id)))


def currencies_of(session: Session, provider_id: UUID) -> list[str]:
    """Return the currencies of a provider's account, ours first."""
    kept = LEDGER_TOTAL.c
    with acting_as_system(session):
        found = session.scalars(
            select(kept.currency)
            .where(kept.provider_id == provider_id, kept.account.in_(ACCOUNTS))
            .distinct()
        ).all()
    return sorted(found, key=lambda code: (code != HOME, code)) or [HOME]


def statement_of(
    session: Session, provider_id: UUID, currency: str, period: Period, *, most: int = AT_MOST
) -> Statement:
    """Return a provider's account: what stood before, the first `most` lines, and after them."""
    with acting_as_system(session):
        opening = _before(session, provider_id, currency, period.since)
        rows = session.execute(_posted(provider_id, currency, period).limit(most + 1)).all()
        told = _told_of(session, rows[:most])
    lines, balance = [], opening
    for row in rows[:most]:
        balance += row.amount
        lines.append(_line(row, balance, told.get(row.source_id)))
    return Statement(currency, period, opening, lines, balance, len(rows) > most)


def balance_on(session: Session, provider_id: UUID, currency: str, day: date) -> Money:
    """Return what a provider is owed at the end of a day, less what it owes."""
    with acting_as_system(session):
        return _sum(session, provider_id, currency, LedgerEntry.posted_on <= day)


def _before(session: Session, provider_id: UUID, currency: str, day: date) -> Money:
    return _sum(session, provider_id, currency, LedgerEntry.posted_on < day)


def _sum(session: Session, provider_id: UUID, currency: str, posted: ColumnElement[bool]) -> Money:
    credit = func.sum(LedgerLine.credit_minor - LedgerLine.debit_minor)
    return session.scalars(
        select(InMoney("sum", credit, literal(currency)))
        .select_from(LedgerLine)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(*_of(provider_id, currency), posted)
    ).one()


def _posted(provider_id: UUID, currency: str, period: Period) -> Select[*tuple[Any, ...]]:
    credit = LedgerLine.credit_minor - LedgerLine.debit_minor
    return (
        select(
            LedgerEntry.posted_on,
            LedgerEntry.event,
            LedgerEntry.source_type,
            LedgerEntry.source_id,
            LedgerLine.account,
            InMoney("amount", credit, LedgerLine.currency),
        )
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(
            *_of(provider_id, currency), LedgerEntry.posted_on.between(period.since, period.until)
        )
        .order_by(LedgerEntry.posted_on, LedgerEntry.posted_at, LedgerLine.id)
    )


def _of(provider_id: UUID, currency: str) -> list[ColumnElement[bool]]:
    return [
        LedgerLine.provider_id == provider_id,
        LedgerLine.account.in_(ACCOUNTS),
        LedgerLine.currency == currency,
    ]


def _line(row: Posted, balance: Money, told: _Told | None) -> StatementLine:
    about = told or _Told("")
    return StatementLine(
        row.posted_on,
        row.event,
        row.account,
        about.reference,
        row.amount,
        balance,
        about.service,
        about.delivered_on,
    )


def _told_of(session: Session, rows: Sequence[Posted]) -> dict[UUID, _Told]:
    ids: dict[SourceType, set[UUID]] = {}
    for row in rows:
        ids.setdefault(row.source_type, set()).add(row.source_id)
    found = _deliveries(session, ids.get(SourceType.REDEMPTION, set()))
    found |= _orders(session, ids.get(SourceType.PAYMENT_ORDER, set()))
    lines = ids.get(SourceType.BANK_LINE)
    if lines:
        found |= {key: _Told(said) for key, said in bank_references(session, lines).items()}
    return found


def _deliveries(session: Session, ids: Collection[UUID]) -> dict[UUID, _Told]:
    if not ids:
        return {}
    rows = session.execute(
        select(Redemption.id, Redemption.receipt, Voucher.category, Redemption.delivered_on)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .where(Redemption.id.in_(ids))
    )
    return {key: _Told(receipt, service, day) for key, receipt, service, day in rows}


def _orders(session: Session, ids: Collection[UUID]) -> dict[UUID, _Told]:
    if not ids:
        return {}
    rows = session.execute(
        select(PaymentOrder.id, PaymentOrder.reference).where(PaymentOrder.id.in_(ids))
    )
    return {key: _Told(reference) for key, reference in rows}
