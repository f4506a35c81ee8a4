"""Funds: opening one, its budget lines, and the money that a donor sends."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.codelists.eligibility import ANYTHING, Terms
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import by_key, lock
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount, BudgetLine, Fund, LedgerEntry
from vouchers.books.permissions import FundPermission
from vouchers.books.queries.funds import unallocated
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType


def create_fund(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    donor: str,
    currency: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
) -> Fund:
    """Open a fund; raise Invalid for a code that is taken or an end before the start."""
    permissions.demand(actor, FundPermission.CREATE)
    if ends_on < starts_on:
        raise Invalid(N_("The fund ends before it starts."), code="dates", field="ends_on")
    if session.scalar(select(Fund.id).where(Fund.code == code.strip())):
        raise Invalid(N_("Another fund has this code."), code="code_taken", field="code")
    fund = Fund(
        id=new_id(),
        code=code.strip(),
        name=name.strip(),
        donor=donor.strip(),
        currency=currency,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    session.add(fund)
    session.flush()
    audit.record(session, "fund:create", fund, actor=actor, now=now, data={"code": fund.code})
    return fund


def add_line(
    session: Session,
    fund: Fund,
    *,
    actor: Actor,
    code: str,
    name: str,
    currency: str | None = None,
    terms: Terms = ANYTHING,
    now: datetime,
) -> BudgetLine:
    """Add a line without money; it may count in another currency than its fund.

    It pays what `terms` allow: anything, when they name nothing.
    """
    permissions.demand(actor, FundPermission.ADD_LINE, fund)
    taken = select(BudgetLine.id).where(
        BudgetLine.fund_id == fund.id, BudgetLine.code == code.strip()
    )
    if session.scalar(taken):
        raise Invalid(
            N_("Another line of this fund has this code."), code="code_taken", field="code"
        )
    _refuse_no_days(terms)
    line = BudgetLine(
        id=new_id(),
        fund_id=fund.id,
        code=code.strip(),
        name=name.strip(),
        currency=currency or fund.currency,
    )
    line.terms = terms
    session.add(line)
    session.flush()
    audit.record(
        session, "budget_line:create", line, actor=actor, now=now, data={"code": line.code}
    )
    return line


def say_what_it_pays(
    session: Session, line: BudgetLine, *, actor: Actor, terms: Terms, now: datetime
) -> None:
    """Say what a line may pay from now on; what was issued on it stays payable.

    Plans that are approved stay so; what no longer fits gets no new voucher on this line.
    """
    permissions.demand(actor, FundPermission.ADD_LINE, line.fund)
    _refuse_no_days(terms)
    lock(session, line).terms = terms
    session.flush()
    told = {
        "categories": list(line.categories),
        "ages": line.ages,
        "sex": line.sex_policy,
        "places": list(line.places),
        "from": terms.first.isoformat() if terms.first else None,
        "until": terms.last.isoformat() if terms.last else None,
    }
    audit.record(session, "budget_line:say_what_it_pays", line, actor=actor, now=now, data=told)


def _refuse_no_days(terms: Terms) -> None:
    if terms.first and terms.last and terms.last < terms.first:
        raise Invalid(
            N_("The last day is before the first."), code="pays_until", field="pays_until"
        )


def record_grant(
    session: Session,
    fund: Fund,
    *,
    actor: Actor,
    account: BankAccount,
    amount: Money,
    key: UUID,
    now: datetime,
) -> None:
    """Record that a donor's money reached `account`; the same `key` records once.

    Invalid when it is not in the fund's currency or the account's.
    """
    permissions.demand(actor, FundPermission.RECORD_GRANT, fund)
    if amount.currency != fund.currency or account.currency != fund.currency:
        raise Invalid(
            N_("A grant arrives in the currency of its fund."), code="currency", field="amount"
        )
    refuse_nothing(amount)
    lock_fund(session, fund.id)
    posting_key = once(session, "grant", key)
    source = Source(SourceType.BANK_ACCOUNT, account.id)
    about = Dimensions(fund_id=fund.id)
    posting = Posting(PostingEvent.GRANT_RECEIVED, amount, posting_key, source, about)
    post(session, posting, actor=actor, now=now)
    told = {"minor": amount.minor, "currency": amount.currency}
    audit.record(session, "fund:record_grant", fund, actor=actor, now=now, data=told)


def undo_grant(
    session: Session, fund: Fund, *, actor: Actor, amount: Money, key: UUID, now: datetime
) -> None:
    """Take the recording of a grant back; `key` is what it was recorded under.

    Conflict when money of it was given to a budget line: that has to be taken back first.
    """
    permissions.demand(actor, FundPermission.RECORD_GRANT, fund)
    lock_fund(session, fund.id)
    recorded = session.scalars(select(LedgerEntry).where(LedgerEntry.key == f"grant|{key}|0")).one()
    free = unallocated(session, fund)
    if amount > free:
        raise Conflict(
            N_(
                "Only %(free)s of this fund is not given to a budget line: take money back from its"
                " lines first."
            ),
            code="allocated",
            free=free,
        )
    source = Source(SourceType.BANK_ACCOUNT, recorded.source_id)
    about = Dimensions(fund_id=fund.id)
    undone_key = f"grant-undone|{key}"
    posting = Posting(PostingEvent.GRANT_UNDONE, amount, undone_key, source, about)
    post(session, posting, actor=actor, now=now)
    told = {"minor": amount.minor, "currency": amount.currency}
    audit.record(session, "fund:undo_grant", fund, actor=actor, now=now, data=told)


def lock_fund(session: Session, fund_id: UUID) -> None:
    """Let one change of a fund's allocation follow the other; redemptions do not wait for it."""
    session.execute(by_key(Fund, Fund.id == fund_id))


def once(session: Session, act: str, key: UUID) -> str:
    """Return the posting key of an act; raise Conflict when it was posted before.

    Call it after the lock: of two equal requests at once, the second sees what the first posted.
    """
    posting_key = f"{act}|{key}"
    if session.scalar(select(LedgerEntry.id).where(LedgerEntry.key == f"{posting_key}|0")):
        raise Conflict(N_("This was already recorded. Nothing was done twice."), code="repeated")
    return posting_key


def refuse_nothing(amount: Money) -> None:
    """Raise Invalid unless the amount is above zero."""
    if amount.minor <= 0:
        raise Invalid(N_("Enter more than zero."), code="not_positive", field="amount")
