"""Giving a fund's money to its budget lines, moving it between them, and taking it back.

Only what was received and is not given away yet can be given: no voucher may promise money that
is not there. A line in another currency gets it at a stored rate, less a buffer.
"""

from datetime import datetime
from decimal import Decimal
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
from vouchers.books.services.journal import Dimensions, Source, post
from vouchers.books.services.postings import PostingEvent


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
    posting = once(session, "allocate", key)
    _refuse_more_than_unallocated(session, fund, amount)
    _give(session, line, amount, posting, actor=actor, now=now)


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
    posting = once(session, "allocate", key)
    _refuse_more_than_unallocated(session, fund, taken)
    given = convert(taken, rate, less_percent=buffer_percent)
    refuse_nothing(given)
    session.add(
        _conversion(line, taken.minor, given.minor, fund.currency, rate, buffer_percent, actor, now)
    )
    _give(session, line, given, posting, actor=actor, now=now)
    return given


def reduce(
    session: Session, line: BudgetLine, *, actor: Actor, amount: Money, key: UUID, now: datetime
) -> None:
    """Take free money back from a line to its fund; Conflict below what is free."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    refuse_nothing(amount)
    lock_fund(session, line.fund_id)
    posting = once(session, "reduce", key)
    _take_back(session, line, amount, posting, actor=actor, now=now)


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
    posting = once(session, "move", key)
    _carry_conversion(session, line, amount, to, actor=actor, now=now)
    lock_all(session, (line, to))
    budget.take(session, line.id, amount, even_closed=True)
    budget.give_back(session, to.id, amount)
    post(
        session,
        PostingEvent.MOVED,
        amount,
        key=posting,
        source=Source("budget_line", line.id),
        about=Dimensions(fund_id=line.fund_id, budget_line_id=line.id),
        credited=Dimensions(fund_id=to.fund_id, budget_line_id=to.id),
        actor=actor,
        now=now,
    )
    _note(session, line, "budget_line:move", amount, actor=actor, now=now, to=str(to.id))


def close_line(
    session: Session, line: BudgetLine, *, actor: Actor, key: UUID, now: datetime
) -> None:
    """Close a line: what is free returns to the fund, what is committed stays payable."""
    permissions.demand(actor, FundPermission.ALLOCATE, line)
    _opened(session, line)
    posting = once(session, "close", key)
    lock(session, line)
    if line.available:
        _take_back(session, line, line.available, posting, actor=actor, now=now)
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
    session: Session, line: BudgetLine, amount: Money, posting: str, *, actor: Actor, now: datetime
) -> None:
    budget.give_back(session, line.id, amount)
    _post(session, PostingEvent.ALLOCATED, line, amount, posting, actor=actor, now=now)
    _note(session, line, "budget_line:allocate", amount, actor=actor, now=now)


def _take_back(
    session: Session, line: BudgetLine, amount: Money, posting: str, *, actor: Actor, now: datetime
) -> None:
    _carry_conversion(session, line, amount, None, actor=actor, now=now)
    budget.take(session, line.id, amount, even_closed=True)
    _post(session, PostingEvent.REDUCED, line, amount, posting, actor=actor, now=now)
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
    taken, given = queries.converted(session, line.id)
    if given <= 0 or amount.minor > given:
        return  # more than was ever given: the line's own check refuses it
    last = session.scalars(
        select(ConvertedAllocation)
        .where(ConvertedAllocation.budget_line_id == line.id)
        .order_by(ConvertedAllocation.converted_at.desc(), ConvertedAllocation.id)
        .limit(1)
    ).one()
    back = Money(taken, last.taken_currency).share(amount.minor, given).minor
    rows = [(line, -back, -amount.minor)]
    if to is not None:
        rows.append((to, back, amount.minor))
    for which, taken_minor, given_minor in rows:
        session.add(
            ConvertedAllocation(
                id=new_id(),
                fund_id=which.fund_id,
                budget_line_id=which.id,
                taken_minor=taken_minor,
                taken_currency=last.taken_currency,
                given_minor=given_minor,
                given_currency=last.given_currency,
                rate=last.rate,
                rate_on=last.rate_on,
                buffer_percent=last.buffer_percent,
                converted_by=actor.id,
                converted_at=now,
            )
        )
    session.flush()


def _conversion(
    line: BudgetLine,
    taken: int,
    given: int,
    taken_currency: str,
    rate: ExchangeRate,
    buffer_percent: Decimal,
    actor: Actor,
    now: datetime,
) -> ConvertedAllocation:
    return ConvertedAllocation(
        id=new_id(),
        fund_id=line.fund_id,
        budget_line_id=line.id,
        taken_minor=taken,
        taken_currency=taken_currency,
        given_minor=given,
        given_currency=line.currency,
        rate=rate.rate,
        rate_on=rate.on,
        buffer_percent=buffer_percent,
        converted_by=actor.id,
        converted_at=now,
    )


def _post(
    session: Session,
    event: PostingEvent,
    line: BudgetLine,
    amount: Money,
    posting: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    post(
        session,
        event,
        amount,
        key=posting,
        source=Source("budget_line", line.id),
        about=Dimensions(fund_id=line.fund_id, budget_line_id=line.id),
        actor=actor,
        now=now,
    )


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
