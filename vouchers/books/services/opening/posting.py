"""What the balances of a proposal post, and what takes them back.

What lies at the bank and what is left of grants counts from the day of the balances; what lines get
and all that is taken back, from the day on which it is done. Account 3000 stands between: what lies
at the bank comes from it, what is left of a grant goes out of it. What a line has free is allocated
as every day, so no line gets more than its fund has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount, BudgetLine, Fund, OpeningBalance
from vouchers.books.queries import funds as queries
from vouchers.books.services import allocation
from vouchers.books.services.funds import lock_fund
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.periods.months import refuse_closed
from vouchers.books.services.postings import POSTINGS, PostingEvent
from vouchers.books.states import SourceType


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance of a proposal: what it is of, and the event that posts it."""

    event: PostingEvent
    of: BankAccount | Fund | BudgetLine
    amount: Money

    @property
    def name(self) -> str:
        """Return what it is of, as a person knows it."""
        match self.of:
            case BankAccount():
                return f"{self.of.name} ({self.of.iban})"
            case Fund():
                return self.of.code
            case BudgetLine():
                return f"{self.of.fund.code}/{self.of.code}"

    @property
    def sides(self) -> tuple[str, str]:
        """Return the accounts that it debits and credits."""
        ((leg,),) = POSTINGS[self.event]
        return str(leg.debit), str(leg.credit)


_PARTS: tuple[tuple[str, PostingEvent, Any], ...] = (
    ("accounts", PostingEvent.OPENING_BANK, BankAccount),
    ("funds", PostingEvent.OPENING_FUND, Fund),
    ("lines", PostingEvent.ALLOCATED, BudgetLine),
)
_UNDONE = {
    PostingEvent.OPENING_BANK: PostingEvent.OPENING_BANK_UNDONE,
    PostingEvent.OPENING_FUND: PostingEvent.OPENING_FUND_UNDONE,
}


def balances(session: Session, *openings: OpeningBalance) -> dict[UUID, list[Balance]]:
    """Return what each of these posts, without zeros and in order; a statement for each part."""
    found: dict[UUID, list[Balance]] = {opening.id: [] for opening in openings}
    for part, event, model in _PARTS:
        ids = {UUID(kept["id"]) for opening in openings for kept in opening.content[part]}
        things = session.scalars(select(model).where(model.id.in_(ids))) if ids else ()
        known = {one.id: one for one in things}
        for opening in openings:
            for kept in opening.content[part]:
                if amount := Money(kept["minor"], kept["currency"]):
                    found[opening.id].append(Balance(event, known[UUID(kept["id"])], amount))
    return found


def post_all(session: Session, opening: OpeningBalance, *, actor: Actor, now: datetime) -> None:
    """Post everything; raise Conflict when a fund has money, or a line asks for more than it has.

    The day of the balances must lie in a month that is open. A fund is held while it is asked: no
    grant comes between.
    """
    refuse_closed(session, opening.as_of)
    _refuse_begun(session, _held(session, opening))
    listed = balances(session, opening)[opening.id]
    direct = [one for one in listed if one.event in _UNDONE]
    postings = [_posting(opening, one, one.event) for one in direct]
    post(session, *postings, actor=actor, now=now, on=opening.as_of)
    session.flush()
    for one in listed:
        if isinstance(one.of, BudgetLine):
            key = uuid5(opening.id, str(one.of.id))
            allocation.allocate(session, one.of, actor=actor, amount=one.amount, key=key, now=now)


def take_back_all(
    session: Session, opening: OpeningBalance, *, actor: Actor, now: datetime
) -> None:
    """Post the reverse of everything; raise Conflict when some of it is promised or given on."""
    _held(session, opening)
    listed = balances(session, opening)[opening.id]
    for one in listed:
        if isinstance(one.of, BudgetLine):
            key = uuid5(opening.id, f"{one.of.id}|back")
            allocation.reduce(session, one.of, actor=actor, amount=one.amount, key=key, now=now)
    for one in listed:
        if isinstance(one.of, Fund):
            _refuse_given_on(session, one.of, one.amount)
    back = [_posting(opening, one, _UNDONE[one.event]) for one in listed if one.event in _UNDONE]
    post(session, *back, actor=actor, now=now)


def _held(session: Session, opening: OpeningBalance) -> Sequence[Fund]:
    """Lock every fund of a proposal and return them, those of which nothing is left too."""
    ids = sorted(UUID(kept["id"]) for kept in opening.content["funds"])
    for fund_id in ids:
        lock_fund(session, fund_id)
    return session.scalars(select(Fund).where(Fund.id.in_(ids)).order_by(Fund.code)).all()


def _refuse_begun(session: Session, funds: Sequence[Fund]) -> None:
    """Raise Conflict for a fund that has money here: it does not begin any more."""
    for found in queries.figures(session, funds):
        if found.received:
            raise Conflict(
                N_("Money of the fund %(fund)s is in the books already."),
                code="begun",
                field="code",
                fund=found.fund.code,
            )


def _refuse_given_on(session: Session, fund: Fund, amount: Money) -> None:
    free = queries.unallocated(session, fund)
    if free < amount:
        raise Conflict(
            N_("The fund %(fund)s has given some of it to its lines since. Take that back first."),
            code="fund_exhausted",
            fund=fund.code,
        )


def _posting(opening: OpeningBalance, one: Balance, event: PostingEvent) -> Posting:
    about = Dimensions(fund_id=one.of.id) if isinstance(one.of, Fund) else Dimensions()
    source = Source(SourceType.OPENING_BALANCE, opening.id)
    return Posting(event, one.amount, f"{event}|{opening.id}|{one.of.id}", source, about)
