"""Balances: sums over the journal, one statement each, read from those that are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reintegration.codelists.currencies import HOME
from reintegration.kernel.money import Money
from vouchers.books.models import LEDGER_TOTAL
from vouchers.books.states import Account

_total = LEDGER_TOTAL.c


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """Everything that one account was debited and credited, in one currency."""

    account: Account
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Return debit less credit: negative for what is owed, earned or set aside."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All accounts of one currency; `difference` is zero or the books are broken."""

    currency: str
    accounts: tuple[AccountBalance, ...]
    debit: Money
    credit: Money

    @property
    def difference(self) -> Money:
        """Return all debits less all credits."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class ProviderBalance:
    """What is owed to a provider, and what it owes."""

    payable: Money
    receivable: Money


def trial_balances(session: Session) -> list[TrialBalance]:
    """Return one trial balance per currency, accounts in the chart's order."""
    rows = session.execute(
        select(
            _total.currency,
            _total.account,
            func.sum(_total.debit_minor),
            func.sum(_total.credit_minor),
        )
        .group_by(_total.currency, _total.account)
        .order_by(_total.currency, _total.account)
    ).all()
    found: dict[str, list[AccountBalance]] = {}
    for currency, account, debit, credit in rows:
        found.setdefault(currency, []).append(
            AccountBalance(
                Account(account), Money(int(debit), currency), Money(int(credit), currency)
            )
        )
    return [
        TrialBalance(
            currency,
            tuple(accounts),
            Money(sum(account.debit.minor for account in accounts), currency),
            Money(sum(account.credit.minor for account in accounts), currency),
        )
        for currency, accounts in sorted(found.items(), key=lambda item: (item[0] != HOME, item))
    ]


def provider_balances(
    session: Session, provider_ids: Collection[UUID]
) -> dict[tuple[UUID, str], ProviderBalance]:
    """Return what is owed to providers and by them, by provider and currency."""
    sums = _by(session, _total.provider_id, provider_ids, _PROVIDER)
    return {
        key: ProviderBalance(
            Money(accounts.get(Account.PROVIDER_PAYABLE, 0), key[1]),
            Money(-accounts.get(Account.PROVIDER_RECEIVABLE, 0), key[1]),
        )
        for key, accounts in sums.items()
    }


_PROVIDER = (Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE)


def _by(
    session: Session,
    column: ColumnElement[UUID],
    ids: Collection[UUID],
    accounts: tuple[Account, ...],
) -> dict[tuple[UUID, str], dict[str, int]]:
    sums: dict[tuple[UUID, str], dict[str, int]] = {}
    for about, currency, account, credit in session.execute(
        select(
            column,
            _total.currency,
            _total.account,
            func.sum(_total.credit_minor - _total.debit_minor),
        )
        .where(column.in_(ids), _total.account.in_(accounts))
        .group_by(column, _total.currency, _total.account)
    ):
        if about is not None:
            sums.setdefault((about, currency), {})[account] = int(credit)
    return sums
