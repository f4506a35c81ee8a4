"""Reading payee accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import FINANCE_ROLES, Actor, Role
from reintegration.kernel.errors import NotFound
from reintegration.web.paging import Page, page_of
from vouchers.payments.models.payees import PayeeAccount

_OWN_READERS = (Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER)
_ALL_READERS = (*FINANCE_ROLES, Role.AUDITOR, Role.VETTING_OFFICER)


def visible_to(actor: Actor) -> Select[PayeeAccount]:
    """Return every account for finance, one's own for the people of a provider."""
    if actor.has_role(*_ALL_READERS):
        return select(PayeeAccount)
    if actor.has_role(*_OWN_READERS):
        return select(PayeeAccount).where(PayeeAccount.provider_id == actor.organisation_id)
    return select(PayeeAccount).where(false())


def account_or_404(session: Session, actor: Actor, account_id: UUID) -> PayeeAccount:
    """Return an account within the actor's reach or raise NotFound."""
    account = session.scalar(visible_to(actor).where(PayeeAccount.id == account_id))
    if account is None:
        raise NotFound
    return account


def accounts_of(session: Session, actor: Actor, provider_id: UUID) -> Sequence[PayeeAccount]:
    """Return a provider's accounts that are in use or wait, newest first."""
    return session.scalars(
        visible_to(actor)
        .where(PayeeAccount.provider_id == provider_id, PayeeAccount.retired_at.is_(None))
        .order_by(PayeeAccount.proposed_at.desc(), PayeeAccount.id)
    ).all()


def accounts_page(
    session: Session, actor: Actor, *, waiting: bool, cursor: str | None
) -> Page[PayeeAccount]:
    """Return a page of accounts, newest proposal first."""
    statement = visible_to(actor)
    if waiting:
        statement = statement.where(
            PayeeAccount.approved_at.is_(None), PayeeAccount.retired_at.is_(None)
        )
    return page_of(
        session, statement, keys=(PayeeAccount.proposed_at, PayeeAccount.id), cursor=cursor
    )


def waiting_count(session: Session, actor: Actor) -> int:
    """Return how many proposals wait."""
    statement = visible_to(actor).where(
        PayeeAccount.approved_at.is_(None), PayeeAccount.retired_at.is_(None)
    )
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def masked(iban: str) -> str:
    """Return an account number of which only the ends can be read."""
    return f"{iban[:4]} •••• {iban[-4:]}"
