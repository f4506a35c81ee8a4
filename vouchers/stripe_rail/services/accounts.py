"""A provider's account at Stripe: opened once, asked about, and kept as Stripe said last.

A person opens it and proposes it as the account to be paid to. Everything else Stripe says: the
answer to its opening, a webhook and the daily look come in any order and as often as they like.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.models import User
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel import outbox, permissions
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.outbox import Refused
from vouchers.payments.models import PayeeAccount
from vouchers.payments.services import payees, rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.objects import Account
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.services.account_moves import ACCOUNT
from vouchers.stripe_rail.states import REACHED, AccountState, TransfersState

CHANNEL = "stripe.account"
NO_ANSWER = "no_answer"
"""Why an account was not opened when Stripe said nothing for a day."""
ASKED_EVERY = timedelta(hours=23)
ASKED_SOONER = timedelta(minutes=55)
"""How often Stripe is asked about an account, and about one that cannot be paid yet."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What Stripe is told to open an account."""

    key: str
    country: str
    email: str
    name: str


def open_(
    session: Session, provider: Provider, *, actor: Actor, country: str, now: datetime
) -> StripeAccount:
    """Have an account opened for a provider; whoever is second at once is refused."""
    permissions.demand(actor, StripePermission.OPEN_ACCOUNT, provider)
    rails.service_for(currency())
    if country not in REACHED:
        raise Invalid(
            N_("Stripe pays nobody there. Choose a country of the list."),
            code="country",
            field="country",
        )
    account_id = new_id()
    made: StripeAccount | None = session.scalar(
        insert(StripeAccount)
        .values(
            id=account_id,
            provider_id=provider.id,
            idempotency_key=f"stripe_account:{account_id}",
            country=country,
            state=AccountState.OPENING,
            transfers=TransfersState.PENDING,
            payouts_active=False,
            due=[],
            problem="",
            opened_by=actor.id,
            opened_at=now,
        )
        .on_conflict_do_nothing()
        .returning(StripeAccount)
    )
    if made is None:
        raise Conflict(
            N_("The account at Stripe is opened already, or is being opened."), code="opened"
        )
    ACCOUNT.begin(session, made, "open", actor=actor, now=now, data={"country": country})
    _put(session, made, "open", now)
    return made


def ask(session: Session, account: StripeAccount, *, actor: Actor, now: datetime) -> None:
    """Have Stripe asked how an account stands; who asks before it answered asks nothing more."""
    permissions.demand(actor, StripePermission.ASK, account)
    rails.service_for(currency())
    if account.state is AccountState.OPEN:
        _put(session, account, _since(account, now), now)


def propose(
    session: Session, account: StripeAccount, provider: Provider, *, actor: Actor, now: datetime
) -> PayeeAccount:
    """Propose that a provider is paid at Stripe; finance approves it as an account at a bank."""
    permissions.demand(actor, StripePermission.VIEW_ACCOUNT, account)
    if not can_be_paid(account) or account.reference is None:
        raise Conflict(
            N_("Stripe does not let this account receive money yet. Give it what it asks for."),
            code="transfers",
        )
    return payees.propose_service(
        session,
        actor=actor,
        provider=provider,
        currency=currency(),
        service_account=account.reference,
        holder=provider.legal_name,
        now=now,
    )


def currency() -> str:
    """Return the currency in which the rail pays."""
    return rails.of(Rail.STRIPE_TRANSFER).currency


def can_be_paid(account: StripeAccount) -> bool:
    """Whether Stripe lets an account receive transfers, as it said last."""
    return account.state is AccountState.OPEN and account.transfers is TransfersState.ACTIVE


def asked(session: Session, account_id: UUID) -> Opening | str:
    """Return what is to be opened, or by which name Stripe knows the account already."""
    account = session.get_one(StripeAccount, account_id)
    if account.reference is not None:
        return account.reference
    provider = session.get_one(Provider, account.provider_id)
    opener = session.get(User, account.opened_by)
    return Opening(
        key=account.idempotency_key,
        country=account.country,
        email=provider.email or (opener.email if opener else ""),
        name=provider.legal_name,
    )


def opened(session: Session, account_id: UUID, told: Account, *, now: datetime) -> None:
    """Note under which name Stripe has opened an account, and how it stands."""
    permissions.demand(SYSTEM, StripePermission.KEEP)
    account = lock(session, session.get_one(StripeAccount, account_id))
    if account.state is AccountState.OPENING:
        account.reference = told.reference
        ACCOUNT.fire(session, account, "opened", actor=SYSTEM, now=now)
    seen(session, told, now=now)


def refused(session: Session, account_id: UUID, code: str, *, now: datetime) -> None:
    """Note why Stripe did not open an account, or does not show it any more."""
    permissions.demand(SYSTEM, StripePermission.KEEP)
    account = lock(session, session.get_one(StripeAccount, account_id))
    if account.state is AccountState.OPENING:
        ACCOUNT.fire(session, account, "fail", actor=SYSTEM, now=now, reason=code)
        message = N_("The account at Stripe could not be opened. Read why, and what to do.")
        _tell(session, account, "failed", message, _managers(session, account), now=now)
    elif account.state is AccountState.CLOSED or code == NO_ANSWER:
        return
    account.problem = code
    session.flush()


def seen(session: Session, told: Account, *, now: datetime) -> StripeAccount:
    """Keep how an account stands, and tell who must act on what changed; twice is once.

    Raises Refused for an account that nobody here has opened.
    """
    permissions.demand(SYSTEM, StripePermission.KEEP)
    account = session.scalar(select(StripeAccount).where(StripeAccount.reference == told.reference))
    if account is None:
        raise Refused("unknown_account", told.reference)
    lock(session, account)
    if account.state is AccountState.CLOSED:
        return account
    could = can_be_paid(account)
    account.country = told.country or account.country
    account.transfers, account.payouts_active = told.transfers, told.payouts_active
    account.due, account.due_at = [asdict(one) for one in told.due], told.due_at
    account.asked_at, account.problem = now, ""
    if told.closed:
        ACCOUNT.fire(session, account, "close", actor=SYSTEM, now=now)
    session.flush()
    if can_be_paid(account) != could:
        _tell_changed(session, account, now=now)
    return account


def ask_about_all(session: Session, *, now: datetime) -> int:
    """Have Stripe asked about each account that was not asked about lately; return how many.

    One that cannot be paid yet, or of which something has just become due, is asked about sooner.
    """
    permissions.demand(SYSTEM, StripePermission.KEEP)
    if not rails.is_on(Rail.STRIPE_TRANSFER):
        return 0
    restless = or_(
        StripeAccount.transfers != TransfersState.ACTIVE,
        StripeAccount.due_at.between(StripeAccount.asked_at, now),
    )
    found = session.scalars(
        select(StripeAccount).where(
            StripeAccount.state == AccountState.OPEN,
            or_(
                StripeAccount.asked_at < now - ASKED_EVERY,
                restless & (StripeAccount.asked_at < now - ASKED_SOONER),
            ),
        )
    ).all()
    for account in found:
        _put(session, account, _since(account, now), now)
    return len(found)


def _since(account: StripeAccount, now: datetime) -> str:
    """Return what tells one look from the next: the last answer, and the hour if none comes."""
    heard = account.asked_at.isoformat() if account.asked_at else ""
    return f"{now:%Y%m%d%H}:{heard}"


def _put(session: Session, account: StripeAccount, mark: str, now: datetime) -> None:
    key, payload = f"stripe_account:{account.id}:{mark}", {"account": str(account.id)}
    outbox.put(session, channel=CHANNEL, key=key, payload=payload, now=now)


def _tell_changed(session: Session, account: StripeAccount, *, now: datetime) -> None:
    """Tell that an account can be paid now, or cannot any more."""
    managers, day = _managers(session, account), local_day(now)
    if can_be_paid(account):
        message = N_("The account at Stripe can receive money. Propose it to be paid there.")
        _tell(session, account, f"ready:{day}", message, managers, now=now)
        return
    message = N_("%(provider)s cannot be paid at Stripe any more. Read why, and what to do.")
    readers = [*managers, *people.with_role(session, Role.FINANCE_PREPARER)]
    name = session.get_one(Provider, account.provider_id).name
    _tell(session, account, f"lapsed:{day}", message, readers, now=now, provider=name)


def _tell(
    session: Session,
    account: StripeAccount,
    what: str,
    message: str,
    readers: Iterable[UUID],
    *,
    now: datetime,
    **values: str,
) -> None:
    key, link = f"stripe_account:{account.id}:{what}", f"/stripe/accounts/{account.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, **values)


def _managers(session: Session, account: StripeAccount) -> Iterable[UUID]:
    return people.provider_people(session, account.provider_id, Role.PROVIDER_MANAGER)
