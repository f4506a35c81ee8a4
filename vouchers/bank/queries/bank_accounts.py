"""Reading the programme's own accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404
from vouchers.bank.permissions import BankAccountPermission
from vouchers.books.models import BankAccount
from vouchers.payments.models import PaymentBatch
from vouchers.payments.states import BatchState

_OPEN = (BatchState.PREPARED, BatchState.APPROVED)


def account_or_404(session: Session, actor: Actor, account_id: UUID) -> BankAccount:
    """Return an account or raise NotFound."""
    return or_404(session.scalar(_visible(actor).where(BankAccount.id == account_id)))


def every_account(session: Session, actor: Actor) -> Sequence[BankAccount]:
    """Return the accounts: those that wait first, then those in use, those of the past last."""
    waits = and_(BankAccount.approved_at.is_(None), BankAccount.retired_at.is_(None))
    return session.scalars(
        _visible(actor).order_by(
            case((waits, 0), (BankAccount.retired_at.is_(None), 1), else_=2),
            BankAccount.currency,
            BankAccount.name,
            BankAccount.id,
        )
    ).all()


def _visible(actor: Actor) -> Select[BankAccount]:
    return permissions.visible(actor, BankAccount, BankAccountPermission.VIEW)


def open_batches(session: Session, account: BankAccount) -> int:
    """Return how many batches shall still be paid from an account."""
    return (
        session.scalar(
            select(func.count())
            .select_from(PaymentBatch)
            .where(PaymentBatch.bank_account_id == account.id, PaymentBatch.state.in_(_OPEN))
        )
        or 0
    )
