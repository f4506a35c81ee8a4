"""The programme's own accounts. One proposes, another approves; only then is paid from there.

An IBAN is one row for good, so that a statement that comes again finds its lines: an account that
was stopped or dropped is proposed again, never added twice.
"""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.codelists.currencies import CURRENCIES
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, unsign
from vouchers.bank.models import BankStatementFile
from vouchers.bank.permissions import BankAccountPermission
from vouchers.books.models import BankAccount
from vouchers.formats import banks
from vouchers.formats.banks.profile import BankProfile
from vouchers.payments.models import PaymentBatch
from vouchers.payments.services import rails
from vouchers.payments.services.payee_banks import bank_of
from vouchers.payments.services.payees import read_iban


def propose(
    session: Session,
    *,
    actor: Actor,
    name: str,
    holder: str,
    iban: str,
    identifier: str = "",
    currency: str,
    profile: str = "",
    now: datetime,
) -> BankAccount:
    """Propose an account; the bank's code follows from the IBAN, `profile` from the currency.

    Raises Conflict when it waits or is in use already, Invalid for what a bank would refuse.
    """
    permissions.demand(actor, BankAccountPermission.PROPOSE)
    if currency not in CURRENCIES:
        raise Invalid(N_("An account is in MDL, EUR or USD."), code="currency", field="currency")
    identifier = rails.our_code(currency, identifier)
    files = _files_of(profile, currency)
    number = read_iban(iban)
    account = _room_for(session, str(number), currency)
    account.name, account.holder, account.iban = name.strip(), holder.strip(), str(number)
    account.bic = bank_of(number, "", needed=False)
    account.identifier = identifier
    account.currency, account.profile = currency, files.name
    sign(account, "proposed_by", actor)
    account.proposed_at = now
    unsign(account, "approved_by")
    account.approved_at = account.retired_at = None
    session.add(account)
    session.flush()
    _note(session, account, "propose", actor=actor, now=now)
    message = N_("The bank account “%(name)s” of the programme waits for your approval.")
    key, link = f"bank_account:{account.id}:{now.isoformat()}", f"/bank/accounts/{account.id}"
    readers = with_role(session, Role.FINANCE_APPROVER)
    inbox.notify(session, readers, key, message, now=now, link=link, name=account.name)
    return account


def approve(session: Session, account: BankAccount, *, actor: Actor, now: datetime) -> BankAccount:
    """Let money leave and arrive through what somebody else proposed."""
    lock(session, account)
    permissions.demand(actor, BankAccountPermission.APPROVE, account)
    _must_wait(account)
    sign(account, "approved_by", actor)
    account.approved_at = now
    session.flush()
    _note(session, account, "approve", actor=actor, now=now)
    return account


def drop(session: Session, account: BankAccount, *, actor: Actor, now: datetime) -> BankAccount:
    """Drop a proposal without using it."""
    lock(session, account)
    permissions.demand(actor, BankAccountPermission.APPROVE, account)
    _must_wait(account)
    account.retired_at = now
    session.flush()
    _note(session, account, "drop", actor=actor, now=now)
    return account


def stop(
    session: Session, account: BankAccount, *, actor: Actor, reason: str, now: datetime
) -> BankAccount:
    """Pay nothing from here any more. Its statements can still be imported."""
    lock(session, account)
    permissions.demand(actor, BankAccountPermission.STOP, account)
    if not account.in_use:
        raise Conflict(N_("This account is not in use."), code="in_use")
    account.retired_at = now
    session.flush()
    _note(session, account, "stop", actor=actor, now=now, reason=reason.strip())
    return account


def _files_of(profile: str, currency: str) -> BankProfile:
    """Return what was chosen, or the usual files of the currency."""
    chosen = banks.PROFILES.get(profile) if profile else banks.usual(currency)
    if chosen is None or not banks.takes(chosen, currency):
        raise Invalid(
            N_("Such files are not for payments in %(currency)s."),
            code="profile",
            field="profile",
            currency=currency,
        )
    return chosen


def _room_for(session: Session, iban: str, currency: str) -> BankAccount:
    """Return the row of this IBAN, or a new one."""
    known = session.scalars(
        select(BankAccount).where(BankAccount.iban == iban).with_for_update(key_share=True)
    ).one_or_none()
    if known is None:
        return BankAccount(id=new_id())
    if known.waits:
        raise Conflict(N_("This account waits for approval already."), code="iban", field="iban")
    if known.in_use:
        raise Conflict(N_("This account is already in use."), code="iban", field="iban")
    if known.currency != currency and _was_used(session, known):
        raise Invalid(
            N_("This account has always been in %(currency)s."),
            code="currency",
            field="currency",
            currency=known.currency,
        )
    return known


def _was_used(session: Session, account: BankAccount) -> bool:
    return bool(
        session.scalar(
            select(
                or_(
                    exists().where(BankStatementFile.bank_account_id == account.id),
                    exists().where(PaymentBatch.bank_account_id == account.id),
                )
            )
        )
    )


def _must_wait(account: BankAccount) -> None:
    if not account.waits:
        raise Conflict(N_("This account was decided on already."), code="decided")


def _note(
    session: Session,
    account: BankAccount,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        f"bank_account:{verb}",
        account,
        actor=actor,
        now=now,
        reason=reason,
        fields=("name", "holder", "iban", "identifier", "currency", "profile")
        if verb == "propose"
        else (),
        data={"currency": account.currency},
    )
