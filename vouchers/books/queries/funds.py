"""Reading funds: what was received, given to lines, and what each line did with it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, selectinload

from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from vouchers.books.models import (
    LEDGER_TOTAL,
    BudgetLine,
    ConvertedAllocation,
    ExchangeRate,
    Fund,
    LedgerEntry,
    LedgerLine,
)
from vouchers.books.states import Account, PostingEvent

_total = LEDGER_TOTAL.c


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A budget line in figures: `allocated` = `available` + `committed` + `delivered`."""

    line: BudgetLine
    allocated: Money
    available: Money
    committed: Money
    delivered: Money

    @property
    def id(self) -> UUID:
        """Return the id of the line."""
        return self.line.id


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """What the lines of one fund did, in one currency."""

    allocated: Money
    available: Money
    committed: Money
    delivered: Money


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund in figures. `taken` is what lines in its own or another currency took from it."""

    fund: Fund
    received: Money
    taken: Money
    lines: tuple[LineFigures, ...]

    @property
    def unallocated(self) -> Money:
        """Return what was received and not given to a line; negative when more was given."""
        return self.received - self.taken

    @property
    def by_currency(self) -> list[CurrencyFigures]:
        """Return the sums of the lines, the fund's own currency first."""
        grouped: dict[str, list[LineFigures]] = defaultdict(list)
        grouped[self.fund.currency] = []
        for line in self.lines:
            grouped[line.line.currency].append(line)
        return [_summed(currency, lines) for currency, lines in grouped.items()]


def fund_or_404(session: Session, fund_id: UUID) -> Fund:
    """Return the fund or raise NotFound. Funds name no person: all of finance sees them."""
    return or_404(session.get(Fund, fund_id))


def budget_line_or_404(session: Session, budget_line_id: UUID) -> BudgetLine:
    """Return the budget line or raise NotFound."""
    return or_404(session.get(BudgetLine, budget_line_id))


def funds(session: Session) -> list[Fund]:
    """Return all funds by code."""
    return list(session.scalars(select(Fund).order_by(Fund.code)))


def figures(session: Session, funds: Iterable[Fund]) -> list[FundFigures]:
    """Return each fund in figures, in four statements however many there are."""
    listed = list(funds)
    ids = [fund.id for fund in listed]
    received, given = _received(session, ids), _taken(session, ids)
    lines = _lines(session, ids)
    return [
        FundFigures(
            fund=fund,
            received=received.get(fund.id, Money.zero(fund.currency)),
            taken=total(
                (line.allocated for line in lines[fund.id] if line.line.currency == fund.currency),
                fund.currency,
            )
            + given.get(fund.id, Money.zero(fund.currency)),
            lines=tuple(lines[fund.id]),
        )
        for fund in listed
    ]


def unallocated(session: Session, fund: Fund) -> Money:
    """Return what the fund received and has not given to a line yet."""
    return figures(session, [fund])[0].unallocated


def open_budget_lines(session: Session, *, currency: str, on: date) -> list[BudgetLine]:
    """Return the lines in `currency` that may be planned with: open, of a fund that runs `on`."""
    return list(
        session.scalars(
            select(BudgetLine)
            .join(Fund, Fund.id == BudgetLine.fund_id)
            .where(
                BudgetLine.currency == currency, BudgetLine.closed_at.is_(None), Fund.ends_on >= on
            )
            .order_by(Fund.code, BudgetLine.code)
        ).unique()
    )


def converted(session: Session, line: BudgetLine) -> tuple[Money, Money]:
    """Return what a line took from its fund and was given for it, each in its currency."""
    of_fund, of_line = literal(line.fund.currency), literal(line.currency)
    taken, given = session.execute(
        select(
            InMoney("taken", func.sum(ConvertedAllocation.taken_minor), of_fund),
            InMoney("given", func.sum(ConvertedAllocation.given_minor), of_line),
        ).where(ConvertedAllocation.budget_line_id == line.id)
    ).one()
    return taken, given


def rates(session: Session, limit: int = 200) -> list[ExchangeRate]:
    """Return the newest exchange rates."""
    newest = select(ExchangeRate).order_by(
        ExchangeRate.on.desc(), ExchangeRate.base, ExchangeRate.quote
    )
    return list(session.scalars(newest.limit(limit)))


def rate_on(session: Session, base: str, quote: str, day: date) -> ExchangeRate | None:
    """Return the newest rate of the pair that was published on or before `day`."""
    return session.scalar(
        select(ExchangeRate)
        .where(ExchangeRate.base == base, ExchangeRate.quote == quote, ExchangeRate.on <= day)
        .order_by(ExchangeRate.on.desc())
        .limit(1)
    )


def moves(session: Session, fund_id: UUID, limit: int = 50) -> list[LedgerEntry]:
    """Return the newest entries that gave a fund money or moved it between its lines."""
    of_fund = select(LedgerLine.entry_id).where(LedgerLine.fund_id == fund_id)
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.id.in_(of_fund), LedgerEntry.event.in_(FUND_EVENTS))
            .options(selectinload(LedgerEntry.lines))
            .order_by(LedgerEntry.posted_at.desc(), LedgerEntry.id)
            .limit(limit)
        )
    )


RECEIVED = (
    PostingEvent.GRANT_RECEIVED,
    PostingEvent.GRANT_UNDONE,
    PostingEvent.OPENING_FUND,
    PostingEvent.OPENING_FUND_UNDONE,
)
"""What a fund has from its donor: received here, or left over when the books began."""
_CREDIT = func.sum(_total.credit_minor - _total.debit_minor)
FUND_EVENTS = (
    PostingEvent.GRANT_RECEIVED,
    PostingEvent.GRANT_UNDONE,
    PostingEvent.ALLOCATED,
    PostingEvent.REDUCED,
    PostingEvent.MOVED,
    PostingEvent.OPENING_FUND,
    PostingEvent.OPENING_FUND_UNDONE,
)


def _received(session: Session, fund_ids: list[UUID]) -> dict[UUID | None, Money]:
    rows = session.execute(
        select(_total.fund_id, InMoney("received", _CREDIT, _total.currency))
        .where(
            _total.fund_id.in_(fund_ids),
            _total.account == Account.DEFERRED_CONTRIBUTIONS,
            _total.event.in_(RECEIVED),
        )
        .group_by(_total.fund_id, _total.currency)
    )
    return dict(rows.all())


def _taken(session: Session, fund_ids: list[UUID]) -> dict[UUID, Money]:
    currency = ConvertedAllocation.taken_currency
    taken = InMoney("taken", func.sum(ConvertedAllocation.taken_minor), currency)
    rows = session.execute(
        select(ConvertedAllocation.fund_id, taken)
        .where(ConvertedAllocation.fund_id.in_(fund_ids))
        .group_by(ConvertedAllocation.fund_id, currency)
    )
    return dict(rows.all())


def _lines(session: Session, fund_ids: list[UUID]) -> dict[UUID, list[LineFigures]]:
    balance = InMoney("balance", _CREDIT, _total.currency)
    rows = session.execute(
        select(_total.budget_line_id, _total.account, balance)
        .where(_total.fund_id.in_(fund_ids), _total.account.in_(_BUDGET))
        .group_by(_total.budget_line_id, _total.account, _total.currency)
    )
    balances = {(line_id, account): money for line_id, account, money in rows}
    listed: dict[UUID, list[LineFigures]] = defaultdict(list)
    for line in session.scalars(
        select(BudgetLine).where(BudgetLine.fund_id.in_(fund_ids)).order_by(BudgetLine.code)
    ).unique():
        available, committed, delivered = (
            balances.get((line.id, account), Money.zero(line.currency)) for account in _BUDGET
        )
        listed[line.fund_id].append(
            LineFigures(line, available + committed + delivered, available, committed, delivered)
        )
    return listed


_BUDGET = (Account.BUDGET_AVAILABLE, Account.BUDGET_ENCUMBERED, Account.BUDGET_CONSUMED)


def _summed(currency: str, lines: Iterable[LineFigures]) -> CurrencyFigures:
    sums = [Money.zero(currency)] * 4
    for line in lines:
        parts = (line.allocated, line.available, line.committed, line.delivered)
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
    return CurrencyFigures(*sums)
