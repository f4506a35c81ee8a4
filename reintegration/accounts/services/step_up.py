"""Showing once more who one is: what counts as lately, and what is asked for."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.accounts.models import SignInSession, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passwords, second_factor
from reintegration.accounts.services.passkeys import Relying
from reintegration.kernel import audit, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Invalid, TooManyTries

FRESH_FOR = timedelta(minutes=10)
PER_PERSON = tries.Limit(tries=8, window=timedelta(minutes=15))


def is_fresh(found: SignInSession, *, now: datetime) -> bool:
    """Whether the person of a session showed lately that it is they."""
    return found.confirmed_at is not None and found.confirmed_at > now - FRESH_FOR


def asks_for(session: Session, user: User) -> str:
    """Return `code` where a person has a second factor, else `password`."""
    return "code" if second_factor.is_enrolled(session, user) else "password"


def confirm(
    session: Session,
    found: SignInSession,
    typed: str,
    *,
    relying: Relying,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that somebody showed who they are; raise Invalid, WrongCode or TooManyTries."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    user = found.user
    if second_factor.is_enrolled(session, user):
        second_factor.check(session, user, typed, relying=relying, counted=str(found.id), now=now)
    else:
        _check_password(session, user, typed, now)
    found.confirmed_at = now
    session.flush()
    audit.record(session, "session:confirm", audit.Subject("user", user.id), actor=actor, now=now)


def _check_password(session: Session, user: User, typed: str, now: datetime) -> None:
    key = f"step-up|{user.id}"
    try:
        tries.spend(session, key, PER_PERSON, now=now)
    except TooManyTries:
        raise TooManyTries(N_("Too many wrong tries. Wait 15 minutes, then try again.")) from None
    if not passwords.matches(user.password_hash, typed):
        raise Invalid(N_("This is not your password."), code="wrong_password")
    tries.give_back(session, key, now=now)
