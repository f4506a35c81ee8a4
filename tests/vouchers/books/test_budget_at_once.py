"""One budget line, many at once: never below zero, and the test can fail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import NOW
from vouchers.books.models import BudgetLine
from vouchers.books.services import allocation, budget, funds, laws
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType

PRICE = Money(50_000, "MDL")


def commit_money(session: Session, line_id) -> None:
    """Commit money as issuing does."""
    line = session.get_one(BudgetLine, line_id)
    budget.take(session, line_id, PRICE)
    source = Source(SourceType.VOUCHER, new_id())
    about = Dimensions(line.fund_id, line_id)
    posting = Posting(PostingEvent.ISSUED, PRICE, f"issue|{new_id()}", source, about)
    post(session, posting, actor=SYSTEM, now=NOW)


def unlocked(session: Session, line_id) -> None:
    """Do what `budget.take` must not: look first, then write what was computed from it."""
    free = session.scalar(select(BudgetLine.available_minor).where(BudgetLine.id == line_id))
    if free < PRICE.minor:
        raise Conflict("too little")
    session.execute(
        update(BudgetLine)
        .where(BudgetLine.id == line_id)
        .values(available_minor=free - PRICE.minor)
    )


@pytest.fixture
def at_once(committed_db, session, cast):
    """Run an act in eight threads, each with its own connection, until none succeeds."""
    engine = create_engine(committed_db.url, pool_size=8)

    def run(act: Callable[[Session], None], times: int = 5) -> int:
        gate = Barrier(8)

        def worker(_number: int) -> int:
            done = 0
            for _ in range(times):
                gate.wait()
                with Session(engine) as own:
                    act_as(own, SYSTEM)
                    try:
                        act(own)
                        own.commit()
                        done += 1
                    except Conflict:
                        own.rollback()
            return done

        with ThreadPoolExecutor(8) as pool:
            return sum(pool.map(worker, range(8)))

    yield run
    engine.dispose()


def test_a_line_is_never_committed_twice(at_once, session, cast):
    leave(session, cast.budget_line, 12)
    line_id = cast.budget_line.id
    assert at_once(lambda own: commit_money(own, line_id)) == 12
    session.refresh(cast.budget_line)
    assert cast.budget_line.available_minor == 0
    broken = {found.law.name for found in laws.broken(session)}
    assert "available" not in broken


def test_without_the_conditional_update_more_is_committed_than_there_is(at_once, session, cast):
    leave(session, cast.budget_line, 12)
    line_id = cast.budget_line.id
    assert at_once(lambda own: unlocked(own, line_id)) > 12


def empty_line_with_money_beside_it(session, cast):
    line = funds.add_line(session, cast.fund, actor=SYSTEM, code="Z", name="Z", now=NOW)
    funds.record_grant(
        session,
        cast.fund,
        actor=SYSTEM,
        account=cast.bank_account,
        amount=PRICE * 9,
        key=new_id(),
        now=NOW,
    )
    session.commit()
    return line


def test_a_fund_is_never_allocated_twice(at_once, session, cast):
    line = empty_line_with_money_beside_it(session, cast)
    line_id = line.id

    def give(own: Session) -> None:
        allocation.allocate(
            own, own.get_one(BudgetLine, line_id), actor=SYSTEM, amount=PRICE, key=new_id(), now=NOW
        )

    assert at_once(give, times=3) == 9
    session.refresh(line)
    assert line.available == PRICE * 9
    assert laws.broken(session) == []


def test_the_same_key_at_once_allocates_once(at_once, session, cast):
    line = empty_line_with_money_beside_it(session, cast)
    line_id, key = line.id, new_id()

    def give(own: Session) -> None:
        allocation.allocate(
            own, own.get_one(BudgetLine, line_id), actor=SYSTEM, amount=PRICE, key=key, now=NOW
        )

    assert at_once(give, times=1) == 1


def leave(session: Session, line: BudgetLine, units: int) -> None:
    """Leave money for so many units on the line."""
    too_much = line.available - PRICE * units
    allocation.reduce(session, line, actor=SYSTEM, amount=too_much, key=new_id(), now=NOW)
    session.commit()
