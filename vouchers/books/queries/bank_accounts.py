"""Reading the programme's own accounts that may pay."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from vouchers.books.models import BankAccount


def in_use(session: Session, currency: str | None = None) -> Sequence[BankAccount]:
    """Return our accounts in use, in one currency or in each, by currency and name."""
    statement = (
        select(BankAccount)
        .where(BankAccount.approved_at.is_not(None), BankAccount.retired_at.is_(None))
        .order_by(BankAccount.currency, BankAccount.name, BankAccount.id)
    )
    if currency is not None:
        statement = statement.where(BankAccount.currency == currency)
    return session.scalars(statement).all()
