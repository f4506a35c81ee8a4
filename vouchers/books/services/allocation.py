"""Giving a fund's money to its budget lines, moving it between them, and taking it back.

Only what was received and is not given away yet can be given: no voucher may promise money that
is not there. A line in another currency gets it at a stored rate, less a buffer.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.money import Money
from vouchers.books.models import BudgetLine, ConvertedAllocation, ExchangeRate, Fund
from vouchers.books.permissions import FundPermission
from vouchers.books.queries import funds as queries
from vouchers.books.services import budget
from vouchers.books.services.exchange import convert
from vouchers.books.services.funds import lock_fund, once, refuse_nothing
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType


class _Terms(NamedTuple):
    """At what rate money of the fund became money of a line, and what was held back."""

    rate: Decimal
    rate_on: date
    buffer_percent: Decimal


def allocate(
    session: Session, line: BudgetLine, *, actor: Actor, amount: Money, key: UUID, now: datetime
) -> None:
    """Give `amount` of the fund to its `line`; Conflict when the fund has less unallocated."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    refuse_nothing(amount)
    fund = _opened(session, line)
    if not fund.currency == line.currency == amount.currency:
        raise Invalid(
            N_("This line has another currency: choose a rate."), code="currency", field="amount"
        )
    posting_key = once(session, "allocate", key)
    _refuse_more_than_unallocated(session, fund, amount)
    _give(session, line, amount, posting_key, actor=actor, now=now)


def allocate_converted(
    session: Session,
    line: BudgetLine,
    *,
    actor: Actor,
    taken: Money,
    rate: ExchangeRate,
    buffer_percent: Decimal,
    key: UUID,
    now: datetime,
) -> Money:
    """Give `taken` of the fund to a line in another currency; return what the line gets.

    The line gets the amount at `rate` less `buffer_percent`, rounded down. Only the budget book
    changes: the actual book follows when cash is exchanged at the bank.
    """
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    refuse_nothing(taken)
    if not 0 <= buffer_percent < 100:
        raise Invalid(
            N_("The buffer lies between 0 and 99 percent."), code="buffer", field="buffer_percent"
        )
    fund = _opened(session, line)
    if taken.currency != fund.currency or line.currency == fund.currency:
        raise Invalid(
            N_("The amount is in the currency of the fund."), code="currency", field="taken"
        )
    if {rate.base, rate.quote} != {fund.currency, line.currency}:
        raise Invalid(N_("This rate is of other currencies."), code="rate", field="rate")
    posting_key = once(session, "allocate", key)
    _refuse_more_than_unallocated(session, fund, taken)
    given = convert(taken, rate, less_percent=buffer_percent)
    refuse_nothing(given)
    terms = _Terms(rate.rate, rate.on, buffer_percent)
    _convert(session, line, taken, given, terms, actor=actor, now=now)
    _give(session, line, given, posting_key, actor=actor, now=now)
    return given


def reduce(
    session: Session, line: BudgetLine, *, actor: Actor, amount: Money, key: UUID, now: datetime
) -> None:
    """Take free money back from a line to its fund; Conflict below what is free."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    refuse_nothing(amount)
    lock_fund(session, line.fund_id)
    posting_key = once(session, "reduce", key)
    _take_back(session, line, amount, posting_key, actor=actor, now=now)


def move(
    session: Session,
    line: BudgetLine,
    *,
    actor: Actor,
    to: BudgetLine,
    amount: Money,
    key: UUID,
    now: datetime,
) -> None:
    """Move free money to another open line of the same fund and currency."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    refuse_nothing(amount)
    if to.id == line.id or to.fund_id != line.fund_id or to.currency != line.currency:
        raise Invalid(
            N_("Money moves between lines of one fund and one currency."),
            code="other_fund",
            field="to",
        )
    _opened(session, to)
    posting_key = once(session, "move", key)
    _carry_conversion(session, line, amount, to, actor=actor, now=now)
    lock_all(session, (line, to))
    budget.take(session, line.id, amount, even_closed=True)
    budget.give_back(session, to.id, amount)
    _post(session, PostingEvent.MOVED, line, amount, posting_key, to=to, actor=actor, now=now)
    _note(session, line, "budget_line:move", amount, actor=actor, now=now, to=str(to.id))


def close_line(
    session: Session, line: BudgetLine, *, actor: Actor, key: UUID, now: datetime
) -> None:
    """Close a line: what is free returns to the fund, what is committed stays payable."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    _opened(session, line)
    posting_key = once(session, "close", key)
    lock(session, line)
    if line.available:
        _take_back(session, line, line.available, posting_key, actor=actor, now=now)
    line.closed_at = now
    session.flush()
    _note(session, line, "budget_line:close", line.available, actor=actor, now=now)


def _opened(session: Session, line: BudgetLine) -> Fund:
    """Lock the fund of an open line and return it; raise Conflict when the line is closed."""
    lock_fund(session, line.fund_id)
    session.refresh(line, attribute_names=["closed_at"])
    if line.closed_at is not None:
        raise Conflict(N_("This budget line is closed."), code="closed")
    return line.fund


def _refuse_more_than_unallocated(session: Session, fund: Fund, amount: Money) -> None:
    free = queries.unallocated(session, fund)
    if amount > free:
        raise Conflict(
            N_("The fund has %(amount)s that is received and not allocated."),
            code="fund_exhausted",
            field="amount",
            amount=free,
        )


def _give(
    session: Session, line: BudgetLine, amount: Money, key: str, *, actor: Actor, now: datetime
) -> None:
    budget.give_back(session, line.id, amount)
    _post(session, PostingEvent.ALLOCATED, line, amount, key, actor=actor, now=now)
    _note(session, line, "budget_line:allocate", amount, actor=actor, now=now)


def _take_back(
    session: Session, line: BudgetLine, amount: Money, key: str, *, actor: Actor, now: datetime
) -> None:
    _carry_conversion(session, line, amount, None, actor=actor, now=now)
    budget.take(session, line.id, amount, even_closed=True)
    _post(session, PostingEvent.REDUCED, line, amount, key, actor=actor, now=now)
    _note(session, line, "budget_line:reduce", amount, actor=actor, now=now)


def _carry_conversion(
    session: Session,
    line: BudgetLine,
    amount: Money,
    to: BudgetLine | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the converted part back to the fund, or carry it `to` another line.

    It goes back in proportion to what the line took, so that giving all back leaves nothing.
    """
    if line.currency == line.fund.currency:
        return
    taken, given = queries.converted(session, line)
    if given.minor <= 0 or amount.minor > given.minor:
        return  # more than was ever given: the line's own check refuses it
    last = session.scalars(
        select(ConvertedAllocation)
        .where(ConvertedAllocation.budget_line_id == line.id)
        .order_by(ConvertedAllocation.converted_at.desc(), ConvertedAllocation.id)
        .limit(1)
    ).one()
    back = taken.share(amount.minor, given.minor)
    terms = _Terms(last.rate, last.rate_on, last.buffer_percent)
    _convert(session, line, -back, -amount, terms, actor=actor, now=now)
    if to is not None:
        _convert(session, to, back, amount, terms, actor=actor, now=now)
    session.flush()


def _convert(
    session: Session,
    line: BudgetLine,
    taken: Money,
    given: Money,
    terms: _Terms,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row = ConvertedAllocation(
        id=new_id(), fund_id=line.fund_id, budget_line_id=line.id, taken=taken, given=given
    )
    row.rate, row.rate_on, row.buffer_percent = terms.rate, terms.rate_on, terms.buffer_percent
    row.converted_by, row.converted_at = actor.id, now
    session.add(row)


def _post(
    session: Session,
    event: PostingEvent,
    line: BudgetLine,
    amount: Money,
    key: str,
    *,
    to: BudgetLine | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    source, credited = Source(SourceType.BUDGET_LINE, line.id), _about(to) if to else None
    posting = Posting(event, amount, key, source, _about(line), credited)
    post(session, posting, actor=actor, now=now)


def _about(line: BudgetLine) -> Dimensions:
    return Dimensions(fund_id=line.fund_id, budget_line_id=line.id)


def _note(
    session: Session,
    line: BudgetLine,
    action: str,
    amount: Money,
    *,
    actor: Actor,
    now: datetime,
    **data: object,
) -> None:
    audit.record(
        session,
        action,
        line,
        actor=actor,
        now=now,
        data={"minor": amount.minor, "currency": amount.currency, **data},
    )
