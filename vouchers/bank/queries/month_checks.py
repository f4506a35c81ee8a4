"""What the bank knows of a month that is to be closed: lines, statements, books against bank."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from vouchers.bank.models import BankLine, BankMatch
from vouchers.bank.queries.bank import accounts, latest_balances
from vouchers.bank.states import OPEN_LINES
from vouchers.books.models import LEDGER_TOTAL, BankAccount, LedgerEntry, LedgerLine
from vouchers.books.queries.month_checks import Check
from vouchers.books.states import Account, SourceType

_BANK, _LINES = "/bank/", "/bank/?account=every"
_total = LEDGER_TOTAL.c


def checks(session: Session, first: date, last: date) -> list[Check]:
    """Return the checks of the bank for the month from `first` to `last`."""
    known = accounts(session)
    return [
        _lines(session, first, last),
        _statements(session, known, last),
        *(
            _agreement(session, currency, last)
            for currency in dict.fromkeys(account.currency for account in known)
        ),
    ]


def _lines(session: Session, first: date, last: date) -> Check:
    looked_at = select(BankLine).where(
        BankLine.state.in_(OPEN_LINES), BankLine.booked_on.between(first, last)
    )
    found = bounded.count(session, looked_at)
    title = N_("Every line of the bank has an end")
    says, values = N_("No line of this month is left."), {}
    if found:
        says, values = N_("Lines of this month that nobody settled: %(count)s."), {"count": found}
    return Check("bank_lines", 60, title, False, bool(found), says, values, _LINES)


def _statements(session: Session, known: Sequence[BankAccount], last: date) -> Check:
    """A statement of each account in use reaches the last day, and says its balance."""
    missing = []
    for currency in dict.fromkeys(account.currency for account in known):
        latest = {row.name: row for row in session.execute(latest_balances(currency))}
        for account in known:
            if account.currency != currency or account.retired_at is not None:
                continue
            row = latest.get(account.name)
            if row is None or not row.says_balance or not row.until_on or row.until_on < last:
                missing.append(account.name)
    title = N_("The statements reach the last day")
    says, values = N_("Each account has a statement that does, and says its balance."), {}
    if missing:
        says = N_("None that does and says its balance: %(accounts)s.")
        values = {"accounts": ", ".join(missing)}
    return Check("statements", 50, title, False, bool(missing), says, values, _BANK)


def _agreement(session: Session, currency: str, last: date) -> Check:
    title, code = N_("Books and bank agree"), f"bank_{currency.lower()}"
    difference = difference_on(session, currency, last)
    if difference is None:
        says = N_("%(currency)s: not compared, for want of statements with a balance.")
        return Check(code, 40, title, True, False, says, {"currency": currency}, _BANK)
    says = N_("%(currency)s: no difference on the last day.")
    values: dict[str, Any] = {"currency": currency}
    if difference:
        says = N_("Nothing explains this difference on the last day: %(difference)s.")
        values = {"difference": difference}
    return Check(code, 40, title, True, bool(difference), says, values, _BANK)


def difference_on(session: Session, currency: str, last: date) -> Money | None:
    """Return what the bank held at the end of a day more than the books, and nothing explains.

    What the bank held follows from the latest balances, less what was booked since. Lines of by
    then that nobody settled explain a part, those that were posted after that day another. None
    where a latest statement says no balance, or there is none.
    """
    latest = session.execute(latest_balances(currency)).all()
    if not latest or not all(row.says_balance for row in latest):
        return None
    is_open = BankLine.state.in_(OPEN_LINES)
    since, waiting = session.execute(
        select(
            func.coalesce(func.sum(case((BankLine.booked_on > last, BankLine.amount_minor))), 0),
            func.coalesce(
                func.sum(case(((BankLine.booked_on <= last) & is_open, BankLine.amount_minor))), 0
            ),
        ).where(BankLine.currency == currency, or_(BankLine.booked_on > last, is_open))
    ).one()
    held = total((row.closing for row in latest), currency) - Money(int(since), currency)
    posted, late = _posted_after(session, currency, last)
    return held - Money(int(waiting), currency) - late - (_booked(session, currency) - posted)


def _booked(session: Session, currency: str) -> Money:
    booked = func.sum(_total.debit_minor - _total.credit_minor)
    return session.scalars(
        select(InMoney("ledger", booked, literal(currency))).where(
            _total.account == Account.BANK, _total.currency == currency
        )
    ).one()


def _posted_after(session: Session, currency: str, last: date) -> tuple[Money, Money]:
    """Return what was posted on account 1110 after a day, and the part for lines of by then."""
    moved = LedgerLine.debit_minor - LedgerLine.credit_minor
    of_line = exists().where(
        LedgerEntry.source_type == SourceType.BANK_LINE,
        BankLine.id == LedgerEntry.source_id,
        BankLine.booked_on <= last,
    )
    of_order = exists().where(
        LedgerEntry.source_type == SourceType.PAYMENT_ORDER,
        BankMatch.payment_order_id == LedgerEntry.source_id,
        BankLine.id == BankMatch.bank_line_id,
        BankLine.booked_on <= last,
    )
    posted, late = session.execute(
        select(
            func.coalesce(func.sum(moved), 0),
            func.coalesce(func.sum(case((or_(of_line, of_order), moved))), 0),
        )
        .select_from(LedgerEntry)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.posted_on >= last + timedelta(days=1),
            LedgerEntry.currency == currency,
            LedgerLine.account == Account.BANK,
        )
    ).one()
    return Money(int(posted), currency), Money(int(late), currency)
