"""Months of the books: last month with an entry, checked and ready to be closed."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import jobs
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.clock import start_of
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, TODAY, Cast, actor
from vouchers.books.jobs import LEDGER_SWEEP
from vouchers.books.models import AccountingPeriod
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.periods import closing
from vouchers.books.services.periods.months import add_months
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType

THIS = TODAY.replace(day=1)
END = THIS - timedelta(days=1)
LAST = END.replace(day=1)
BEFORE = (LAST - timedelta(days=1)).replace(day=1)


def grant(
    session: Session, cast: Cast, day: date, now: datetime = NOW, minor: int = 10_000
) -> None:
    """Post money of a donor that counts from a day."""
    key = f"test|{new_id()}"
    source = Source(SourceType.BANK_ACCOUNT, cast.bank_account.id)
    about = Dimensions(fund_id=cast.fund.id)
    posting = Posting(PostingEvent.GRANT_RECEIVED, Money(minor, "MDL"), key, source, about)
    post(session, posting, actor=SYSTEM, now=now, on=day)
    session.flush()


def check_books(session: Session, now: datetime = NOW) -> None:
    """Let the daily check of all of the books have run."""
    assert jobs.run_slot(session, LEDGER_SWEEP, now=now)


def last_month(session: Session, cast: Cast) -> AccountingPeriod:
    """Return last month, with an entry; the books were checked since, and it is the first."""
    grant(session, cast, LAST, now=start_of(LAST))
    add_months(session, NOW)
    check_books(session)
    session.commit()
    found = select(AccountingPeriod).where(AccountingPeriod.month == LAST)
    return session.scalars(found).one()


def close_month(session: Session, cast: Cast, period: AccountingPeriod) -> AccountingPeriod:
    """Let Petru propose the close, and Alina close it."""
    closing.prepare(session, period, actor=actor(session, cast.petru), now=NOW)
    closing.close(session, period, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    return period
