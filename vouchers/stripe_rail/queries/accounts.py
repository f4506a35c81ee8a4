"""Reading providers' accounts at Stripe, and what they paid out."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.errors import or_404
from reintegration.web.paging import Page, page_of
from vouchers.payments.models import PayeeAccount
from vouchers.stripe_rail.models import StripeAccount, StripePayout
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import PayoutState


def account_or_404(session: Session, actor: Actor, account_id: UUID) -> StripeAccount:
    """Return an account within the actor's reach or raise NotFound."""
    return or_404(session.scalar(_visible(actor).where(StripeAccount.id == account_id)))


def of_provider(session: Session, actor: Actor, provider_id: UUID) -> StripeAccount | None:
    """Return the account that a provider opened last, if any."""
    return session.scalar(
        _visible(actor)
        .where(StripeAccount.provider_id == provider_id)
        .order_by(StripeAccount.opened_at.desc(), StripeAccount.id.desc())
        .limit(1)
    )


def with_reference(session: Session, actor: Actor, reference: str) -> StripeAccount | None:
    """Return the account that Stripe knows by this name."""
    return session.scalar(_visible(actor).where(StripeAccount.reference == reference))


def payee_of(session: Session, account: StripeAccount) -> PayeeAccount | None:
    """Return the approval or proposal that a provider is paid there, if one stands."""
    if account.reference is None:
        return None
    return session.scalar(
        select(PayeeAccount)
        .where(PayeeAccount.service_account == account.reference, PayeeAccount.retired_at.is_(None))
        .order_by(PayeeAccount.approved_at.desc().nulls_last())
        .limit(1)
    )


def payouts_page(
    session: Session, account: StripeAccount, *, cursor: str | None
) -> Page[StripePayout]:
    """Return a page of what an account paid out, the newest first."""
    statement = select(StripePayout).where(StripePayout.account_id == account.id)
    return page_of(session, statement, keys=(StripePayout.made_at, StripePayout.id), cursor=cursor)


def failed_page(session: Session, actor: Actor, *, cursor: str | None) -> Page[StripePayout]:
    """Return a page of the payouts that failed and that none followed, the newest first."""
    keys = (StripePayout.made_at, StripePayout.id)
    return page_of(session, _failed(actor), keys=keys, cursor=cursor)


def failed_pile(session: Session, actor: Actor) -> Pile:
    """Return how many payouts failed that none followed, since when, and of how much."""
    worth = StripePayout.amount_minor, StripePayout.currency
    return bounded.pile(session, _failed(actor), since=StripePayout.made_at, worth=worth)


def providers_of(session: Session, payouts: Sequence[StripePayout]) -> dict[UUID, UUID]:
    """Return whose payouts these are: the provider by the account."""
    rows = session.execute(
        select(StripeAccount.id, StripeAccount.provider_id).where(
            StripeAccount.id.in_({one.account_id for one in payouts})
        )
    )
    return dict(rows.all()) if payouts else {}


def _visible(actor: Actor) -> Select[StripeAccount]:
    return permissions.visible(actor, StripeAccount, StripePermission.VIEW_ACCOUNT)


def _failed(actor: Actor) -> Select[StripePayout]:
    newer = aliased(StripePayout)
    followed = exists().where(
        newer.account_id == StripePayout.account_id, newer.made_at > StripePayout.made_at
    )
    return (
        select(StripePayout)
        .join(StripeAccount, StripeAccount.id == StripePayout.account_id)
        .where(
            permissions.where(actor, StripeAccount, StripePermission.VIEW_ACCOUNT),
            StripePayout.state == PayoutState.FAILED,
            ~followed,
        )
    )
