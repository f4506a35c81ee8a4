"""What the bank knows of a month that is to be closed: lines, statements, books against bank."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded
from reintegration.kernel.clock import start_of
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money, total
from vouchers.bank.models import BankLine, BankMatch, LineEnding
from vouchers.bank.queries.bank import accounts, latest_balances
from vouchers.bank.states import OPEN_LINES
from vouchers.books.models import LEDGER_TOTAL, BankAccount, LedgerEntry, LedgerLine
from vouchers.books.queries.month_checks import Check
from vouchers.books.states import Account

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
    then that were posted later, or are not posted yet, explain the rest. None where a latest
    statement says no balance, or there is none.
    """
    latest = session.execute(latest_balances(currency)).all()
    if not latest or not all(row.says_balance for row in latest):
        return None
    held = total((row.closing for row in latest), currency) - _booked_since(session, currency, last)
    return held - _behind(session, currency, last) - _ledger(session, currency, last)


def _booked_since(session: Session, currency: str, last: date) -> Money:
    since = BankLine.currency == currency, BankLine.booked_on > last
    return _sum(session, func.sum(BankLine.amount_minor), currency, *since)


def _behind(session: Session, currency: str, last: date) -> Money:
    """Return what was booked by the end of a day and was not in the books then.

    Of what was settled since, only the lines of the last year are looked at.
    """
    over = start_of(last + timedelta(days=1))
    matched = exists().where(
        BankMatch.bank_line_id == BankLine.id,
        BankMatch.matched_at < over,
        or_(BankMatch.undone_at.is_(None), BankMatch.undone_at >= over),
    )
    ended = exists().where(
        LineEnding.bank_line_id == BankLine.id,
        LineEnding.said_at < over,
        or_(LineEnding.undone_at.is_(None), LineEnding.undone_at >= over),
    )
    recent = or_(BankLine.state.in_(OPEN_LINES), BankLine.booked_on > last - _LOOKED_AT)
    return _sum(
        session,
        func.sum(BankLine.amount_minor),
        currency,
        BankLine.currency == currency,
        BankLine.booked_on <= last,
        recent,
        ~ended,
        ~matched,
    )


_LOOKED_AT = timedelta(days=366)


def _ledger(session: Session, currency: str, last: date) -> Money:
    """Return what account 1110 held at the end of a day."""
    now = func.sum(_total.debit_minor - _total.credit_minor)
    on_bank = _total.account == Account.BANK, _total.currency == currency
    since = (
        select(func.sum(LedgerLine.debit_minor - LedgerLine.credit_minor))
        .select_from(LedgerEntry)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.posted_on > last,
            LedgerEntry.currency == currency,
            LedgerLine.account == Account.BANK,
        )
        .scalar_subquery()
    )
    return _sum(session, now - func.coalesce(since, 0), currency, *on_bank)


def _sum(
    session: Session, summed: ColumnElement[Any], currency: str, *where: ColumnElement[bool]
) -> Money:
    return Money(int(session.scalar(select(summed).where(*where)) or 0), currency)
