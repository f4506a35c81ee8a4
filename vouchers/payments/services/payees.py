"""Where a provider is paid. One proposes, another approves; only then does money go there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.codelists.currencies import CURRENCIES
from reintegration.kernel import audit, banking_days, codes, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.rule_kinds import Count
from reintegration.kernel.signing import sign
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.permissions import PayeePermission
from vouchers.payments.services import payee_news, rails
from vouchers.payments.services.payee_banks import bank_of, refuse_final

HOLD = DatedRule(
    code="payments.new_account_waits",
    title=N_("Banking days before a changed account is paid"),
    says=N_(
        "A provider that was paid elsewhere before is told, and can say in time that it was not it."
    ),
    area=Area.MONEY,
    decided_by=Role.FINANCE_APPROVER,
    kind=Count(1, 20),
    initially=3,
)


def read_iban(text: str) -> IBAN:
    """Return the account number that was meant; raise Invalid for one that cannot exist."""
    try:
        return IBAN(codes.compact(text))
    except (SchwiftyException, ValueError):
        raise Invalid(
            N_("This is not a valid IBAN. Compare it with the bank's paper, sign by sign."),
            code="iban",
            field="iban",
        ) from None


def propose(
    session: Session,
    *,
    actor: Actor,
    provider: Provider,
    currency: str,
    iban: str,
    holder: str,
    final_account: str = "",
    final_code: str = "",
    final_name: str = "",
    bic: str = "",
    now: datetime,
) -> PayeeAccount:
    """Propose an account; an older proposal is dropped.

    The bank's code follows from the IBAN, or is `bic` where the directory does not know the bank.
    What is `final` says for whom a payment through the transit bank is.
    Raises Invalid for an account that no payment in its currency could reach.
    """
    permissions.demand(actor, PayeePermission.PROPOSE, provider)
    if currency not in CURRENCIES:
        raise Invalid(N_("An account is in MDL, EUR or USD."), code="currency", field="currency")
    number = read_iban(iban)
    bank = bank_of(number, bic, needed=rails.names_bank(currency))
    rails.refuse_country(currency, number.country_code, provider.legal_name)
    final = [final_code.strip(), final_account.strip(), final_name.strip()]
    refuse_final(currency, bank, *final)
    account = PayeeAccount(
        currency=currency,
        iban=str(number),
        service_account="",
        bic=bank,
        holder=holder.strip(),
        final_code=final[0],
        final_account=final[1],
        final_name=final[2],
    )
    if any(one.place == account.place for one in _live(session, provider, currency)):
        raise Conflict(N_("This account is already in use."), code="iban", field="iban")
    return _propose(session, account, provider, actor=actor, now=now)


def propose_service(
    session: Session,
    *,
    actor: Actor,
    provider: Provider,
    currency: str,
    service_account: str,
    holder: str,
    now: datetime,
) -> PayeeAccount:
    """Propose an account that a payment service keeps; an older proposal is dropped.

    Whoever opened it there names it. Raises Conflict when no service pays in this currency now, and
    when the account is in use already or is another provider's.
    """
    permissions.demand(actor, PayeePermission.PROPOSE, provider)
    rails.service_for(currency)
    if _is_used(session, service_account, currency, provider):
        raise Conflict(N_("This account is already in use."), code="service_account")
    return _propose(
        session,
        PayeeAccount(
            currency=currency,
            iban="",
            service_account=service_account,
            holder=holder.strip(),
            final_account="",
            final_code="",
            final_name="",
        ),
        provider,
        actor=actor,
        now=now,
    )


def _propose(
    session: Session, account: PayeeAccount, provider: Provider, *, actor: Actor, now: datetime
) -> PayeeAccount:
    """Add a proposal, drop the one before it, and tell those who approve."""
    for waiting in _waiting(session, provider, account.currency):
        waiting.retired_at = now
    session.flush()
    account.id, account.provider_id = new_id(), provider.id
    sign(account, "proposed_by", actor)
    account.proposed_at = now
    session.add(account)
    session.flush()
    _note(session, account, "propose", actor=actor, now=now)
    if _was_paid_elsewhere(session, account, local_day(now)):
        payee_news.proposed(session, account, now=now)
    message = N_("%(provider)s has a new account to be approved before anything is paid there.")
    key, link = f"payee:{account.id}:proposed", f"/payees/{account.id}"
    readers = people.with_role(session, Role.FINANCE_APPROVER)
    inbox.notify(session, readers, key, message, now=now, link=link, provider=provider.name)
    return account


def approve(
    session: Session, account: PayeeAccount, *, actor: Actor, now: datetime
) -> PayeeAccount:
    """Put an account to use and retire the one before it, in the same transaction.

    Where a provider was paid elsewhere before, the account is paid only after a hold, and the
    provider is told: whoever stole its name has three days in which it can say so.
    """
    permissions.demand(actor, PayeePermission.APPROVE, account)
    before = select(PayeeAccount).where(
        PayeeAccount.provider_id == account.provider_id,
        PayeeAccount.currency == account.currency,
        PayeeAccount.approved_at.is_not(None),
        PayeeAccount.retired_at.is_(None),
    )
    held = lock_all(session, [account, *session.scalars(before)])
    _must_wait(account)
    for old in held:
        if old is not account:
            old.retired_at = now
            _note(session, old, "retire", actor=actor, now=now)
    session.flush()
    sign(account, "approved_by", actor)
    account.approved_at = now
    today = local_day(now)
    judged_by = {}
    if _was_paid_elsewhere(session, account, today):
        account.pays_from = banking_days.after(today, HOLD.on(today))
        judged_by = stood(today, HOLD)
        payee_news.changed(session, account, now=now)
    session.flush()
    _note(session, account, "approve", actor=actor, now=now, **judged_by)
    payee_news.tell_of_batches(session, account, now=now)
    return account


def decline(
    session: Session, account: PayeeAccount, *, actor: Actor, now: datetime
) -> PayeeAccount:
    """Drop a proposal without using it."""
    permissions.demand(actor, PayeePermission.APPROVE, account)
    lock(session, account)
    _must_wait(account)
    account.retired_at = now
    session.flush()
    _note(session, account, "decline", actor=actor, now=now)
    return account


def _was_paid_elsewhere(session: Session, account: PayeeAccount, today: date) -> bool:
    """Whether a provider was paid at other accounts only; going back to one of them is no news."""
    earlier = session.scalars(
        select(PayeeAccount).where(
            PayeeAccount.provider_id == account.provider_id,
            PayeeAccount.currency == account.currency,
            PayeeAccount.id != account.id,
            PayeeAccount.approved_at.is_not(None),
        )
    ).all()
    used = (one for one in earlier if one.pays_from is None or one.pays_from <= today)
    return bool(earlier) and account.place not in {one.place for one in used}


def _must_wait(account: PayeeAccount) -> None:
    if not account.waits:
        raise Conflict(N_("This account was decided on already."), code="decided")


def _is_used(session: Session, service_account: str, currency: str, provider: Provider) -> bool:
    """Whether an account at a service is in use, or another provider's, which nobody sees here."""
    with acting_as_system(session):
        return bool(
            session.scalar(
                select(
                    exists().where(
                        PayeeAccount.service_account == service_account,
                        PayeeAccount.currency == currency,
                        PayeeAccount.retired_at.is_(None),
                        (PayeeAccount.provider_id != provider.id)
                        | PayeeAccount.approved_at.is_not(None),
                    )
                )
            )
        )


def _live(session: Session, provider: Provider, currency: str) -> Sequence[PayeeAccount]:
    return session.scalars(
        select(PayeeAccount).where(
            PayeeAccount.provider_id == provider.id,
            PayeeAccount.currency == currency,
            PayeeAccount.approved_at.is_not(None),
            PayeeAccount.retired_at.is_(None),
        )
    ).all()


def _waiting(session: Session, provider: Provider, currency: str) -> list[PayeeAccount]:
    return list(
        session.scalars(
            select(PayeeAccount).where(
                PayeeAccount.provider_id == provider.id,
                PayeeAccount.currency == currency,
                PayeeAccount.approved_at.is_(None),
                PayeeAccount.retired_at.is_(None),
            )
        )
    )


def _note(
    session: Session, account: PayeeAccount, verb: str, *, actor: Actor, now: datetime, **more: Any
) -> None:
    audit.record(
        session,
        f"payee_account:{verb}",
        account,
        actor=actor,
        now=now,
        fields=("service_account" if account.service_account else "iban", "holder", "currency"),
        data={"provider": str(account.provider_id), "currency": account.currency, **more},
    )
