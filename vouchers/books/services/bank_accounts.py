"""Whether an account of ours may pay."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.errors import N_, Conflict
from vouchers.books.models import BankAccount


def require_in_use(session: Session, account_id: UUID) -> None:
    """Raise Conflict unless the account may pay, and hold it so until the transaction ends."""
    account = session.scalars(
        select(BankAccount)
        .where(BankAccount.id == account_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one()
    if not account.in_use:
        raise Conflict(
            N_("Our account “%(name)s” is not in use. Choose another one for this payment."),
            code="bank_account",
            name=account.name,
        )
