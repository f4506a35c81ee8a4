"""Reading payee accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.errors import or_404
from reintegration.web.paging import Page, page_of
from vouchers.payments.models import PayeeAccount, PaymentOrder
from vouchers.payments.permissions import PayeePermission
from vouchers.payments.states import Rail


def account_or_404(session: Session, actor: Actor, account_id: UUID) -> PayeeAccount:
    """Return an account within the actor's reach or raise NotFound."""
    return or_404(session.scalar(_visible(actor).where(PayeeAccount.id == account_id)))


def accounts_of(session: Session, actor: Actor, provider_id: UUID) -> Sequence[PayeeAccount]:
    """Return a provider's accounts that are in use or wait, newest first."""
    return session.scalars(
        _visible(actor)
        .where(PayeeAccount.provider_id == provider_id, PayeeAccount.retired_at.is_(None))
        .order_by(PayeeAccount.proposed_at.desc(), PayeeAccount.id)
    ).all()


def accounts_page(
    session: Session, actor: Actor, *, waiting: bool, cursor: str | None
) -> Page[PayeeAccount]:
    """Return a page of accounts, newest proposal first."""
    statement = _visible(actor)
    if waiting:
        statement = statement.where(
            PayeeAccount.approved_at.is_(None), PayeeAccount.retired_at.is_(None)
        )
    return page_of(
        session, statement, keys=(PayeeAccount.proposed_at, PayeeAccount.id), cursor=cursor
    )


def waiting_pile(session: Session, actor: Actor) -> Pile:
    """Return the proposals that wait: how many, and since when."""
    waiting = PayeeAccount.approved_at.is_(None), PayeeAccount.retired_at.is_(None)
    return bounded.pile(session, _visible(actor).where(*waiting), since=PayeeAccount.proposed_at)


def _visible(actor: Actor) -> Select[PayeeAccount]:
    return permissions.visible(actor, PayeeAccount, PayeePermission.VIEW)


def masked(account: PayeeAccount | PaymentOrder) -> str:
    """Return where an account is, of which only the ends can be read."""
    iban, there = _places(account)
    if there:
        return f"{Rail.STRIPE_TRANSFER.label} · {there[:5]}…{there[-4:]}"
    return f"{iban[:4]} •••• {iban[-4:]}"


def _places(account: PayeeAccount | PaymentOrder) -> tuple[str, str]:
    if isinstance(account, PaymentOrder):
        return account.payee_iban, account.payee_service_account
    return account.iban, account.service_account
