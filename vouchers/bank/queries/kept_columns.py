"""Reading what is kept of the columns of our accounts' files."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, lazyload

from vouchers.bank.models import KeptColumns
from vouchers.books.models import BankAccount


def columns_of(session: Session, account: BankAccount) -> KeptColumns | None:
    """Return what is kept of an account, if anything is."""
    return session.scalars(_live().where(KeptColumns.bank_account_id == account.id)).one_or_none()


def columns_of_all(session: Session, accounts: Iterable[BankAccount]) -> Sequence[KeptColumns]:
    """Return what is kept of these accounts; each account has one at most."""
    ids = [account.id for account in accounts]
    return session.scalars(
        _live().where(KeptColumns.bank_account_id.in_(ids)).order_by(KeptColumns.kept_at)
    ).all()


def _live() -> Select[KeptColumns]:
    return (
        select(KeptColumns)
        .where(KeptColumns.removed_at.is_(None))
        .options(lazyload(KeptColumns.account))
    )
