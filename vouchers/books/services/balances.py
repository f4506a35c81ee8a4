"""Balances: sums over the journal, one statement each, read from those that are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from reintegration.codelists.currencies import HOME
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
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
            InMoney("debit", func.sum(_total.debit_minor), _total.currency),
            InMoney("credit", func.sum(_total.credit_minor), _total.currency),
        )
        .group_by(_total.currency, _total.account)
        .order_by(_total.currency, _total.account)
    ).all()
    found: dict[str, list[AccountBalance]] = {}
    for currency, account, debit, credit in rows:
        found.setdefault(currency, []).append(AccountBalance(account, debit, credit))
    return [
        TrialBalance(
            currency,
            tuple(accounts),
            total((account.debit for account in accounts), currency),
            total((account.credit for account in accounts), currency),
        )
        for currency, accounts in sorted(found.items(), key=lambda item: (item[0] != HOME, item))
    ]


def held_at_bank(session: Session, currency: str) -> Money:
    """Return what all our accounts in a currency hold."""
    held = func.sum(_total.debit_minor - _total.credit_minor)
    found = session.scalar(
        select(InMoney("held", held, literal(currency))).where(
            _total.account == Account.BANK, _total.currency == currency
        )
    )
    return found or Money.zero(currency)


def provider_balances(
    session: Session, provider_ids: Collection[UUID]
) -> dict[tuple[UUID, str], ProviderBalance]:
    """Return what is owed to providers and by them, by provider and currency."""
    sums = _by(session, _total.provider_id, provider_ids, _PROVIDER)
    return {
        key: ProviderBalance(
            accounts.get(Account.PROVIDER_PAYABLE, Money.zero(key[1])),
            -accounts.get(Account.PROVIDER_RECEIVABLE, Money.zero(key[1])),
        )
        for key, accounts in sums.items()
    }


def owed_by(session: Session, provider_id: UUID, currency: str) -> Money:
    """Return what one provider owes in a currency."""
    balance = provider_balances(session, [provider_id]).get((provider_id, currency))
    return balance.receivable if balance else Money.zero(currency)


_PROVIDER = (Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE)


def _by(
    session: Session,
    column: ColumnElement[UUID],
    ids: Collection[UUID],
    accounts: tuple[Account, ...],
) -> dict[tuple[UUID, str], dict[Account, Money]]:
    sums: dict[tuple[UUID, str], dict[Account, Money]] = {}
    credit = func.sum(_total.credit_minor - _total.debit_minor)
    for about, account, owed in session.execute(
        select(column, _total.account, InMoney("owed", credit, _total.currency))
        .where(column.in_(ids), _total.account.in_(accounts))
        .group_by(column, _total.currency, _total.account)
    ):
        if about is not None:
            sums.setdefault((about, owed.currency), {})[account] = owed
    return sums
