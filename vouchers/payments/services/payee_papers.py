"""The papers of a payee's account: the letter of its bank."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict
from reintegration.papers.holders import Held, Holder
from vouchers.payments.models import PayeeAccount
from vouchers.payments.policy import PAYEE_PAPERS
from vouchers.payments.queries.payees import account_or_404

KIND = "payee_account"


def held_by(account: PayeeAccount) -> Held:
    """Return the account as something that papers hang on."""
    return Held(KIND, account.id, provider_id=account.provider_id)


def takes_papers(account: PayeeAccount) -> bool:
    """Whether letters are added and removed: until the account is decided on."""
    return account.approved_at is None and account.retired_at is None


def _seen(session: Session, actor: Actor, account_id: UUID) -> str:
    account_or_404(session, actor, account_id)
    return f"/payees/{account_id}"


def _refuse_decided(session: Session, account_id: UUID) -> None:
    if not takes_papers(session.get_one(PayeeAccount, account_id)):
        raise Conflict(N_("This account is decided: no paper is added to it or removed any more."))


def _preparers(session: Session, _account_id: UUID) -> Iterable[UUID]:
    return with_role(session, Role.FINANCE_PREPARER)


HOLDER = Holder(
    KIND,
    N_("Account of a provider"),
    PAYEE_PAPERS,
    seen=_seen,
    takes=_refuse_decided,
    told=_preparers,
)
