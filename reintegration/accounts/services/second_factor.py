"""The second factor: codes of an app, ten codes on paper for when the phone is gone, passkeys."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from reintegration.accounts.models import RecoveryCode, SecondFactor, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passkeys, totp
from reintegration.accounts.services.passkeys import Relying
from reintegration.kernel import audit, permissions, tries
from reintegration.kernel.actor import STAFF_ROLES, Actor, Role
from reintegration.kernel.crypto import KeyMissing, SealBroken
from reintegration.kernel.db import acting_as_system, keyring
from reintegration.kernel.errors import N_, Conflict, Invalid, NotPermitted, TooManyTries
from reintegration.kernel.ids import ALPHABET

REQUIRED_OF = STAFF_ROLES | {Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER}
"""Who cannot work without one in production: whoever sees names or money, or sets up others."""
PER_PERSON = tries.Limit(tries=8, window=timedelta(minutes=15))
RECOVERY_CODES = 10
_RECOVERY_LENGTH, _GROUP = 12, 4


class WrongCode(Invalid):
    """The code is not right, or served before; which of them is not said."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This code is not right, or was used already. Wait for the next one in your app,"
                " or type a recovery code."
            ),
            field="code",
        )


def is_required(user: User) -> bool:
    """Whether such a person works with a second factor only."""
    return not user.role_set.isdisjoint(REQUIRED_OF)


def is_enrolled(session: Session, user: User) -> bool:
    """Whether a person has set one up; asked before anybody is known, too."""
    with acting_as_system(session):
        found = session.scalar(select(SecondFactor.user_id).where(_of(user)))
    return found is not None


def codes_left(session: Session, user: User) -> int:
    """Return how many recovery codes a person has not used."""
    left = select(func.count()).select_from(RecoveryCode)
    unused = RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    return session.scalar(left.where(*unused)) or 0


def check(
    session: Session,
    user: User,
    typed: str,
    *,
    relying: Relying | None = None,
    counted: str = "",
    now: datetime,
) -> None:
    """Take a code of the app, a recovery code, or a passkey's answer; raise WrongCode and others.

    Nothing serves twice: of two who send one code at once, one is refused. `counted` names the
    browser, where it is one that the person uses.
    """
    key = f"second-factor|{user.id}|{counted}"
    try:
        tries.spend(session, key, PER_PERSON, now=now)
    except TooManyTries:
        raise TooManyTries(
            N_(
                "Too many wrong codes. Wait 15 minutes and try again. If your phone is gone, use a"
                " recovery code then, or ask an administrator to remove your second factor."
            )
        ) from None
    if relying is not None and passkeys.is_answer(typed):
        passkeys.check(session, user.id, typed, relying=relying, now=now)
        tries.give_back(session, key, now=now)
        return
    said = "".join(typed.split()).replace("-", "").upper()
    with acting_as_system(session):
        taken = _take_code(session, user, said, now) or _take_recovery(session, user, said, now)
    if not taken:
        raise WrongCode
    tries.give_back(session, key, now=now)


def enrol(
    session: Session, user: User, *, actor: Actor, secret: str, typed: str, now: datetime
) -> list[str]:
    """Set up the app that gives this code, in place of one before; return ten recovery codes.

    Raises WrongCode when the code is not of this secret: nobody is locked out by a bad scan.
    """
    _demand_own(actor, user)
    step = totp.matched(secret, "".join(typed.split()), now=now, after=0)
    if step is None:
        raise WrongCode
    sealed = keyring(session).seal_factor(secret, user_id=str(user.id))
    session.merge(SecondFactor(user_id=user.id, sealed=sealed, enrolled_at=now, last_step=step))
    session.flush()
    audit.record(session, "second_factor:enrol", _subject(user), actor=actor, now=now)
    return _new_codes(session, user)


def renew_codes(session: Session, user: User, *, actor: Actor, now: datetime) -> list[str]:
    """Return ten new recovery codes; those of before serve no more."""
    _demand_own(actor, user)
    if not is_enrolled(session, user):
        raise Conflict(N_("Set up your app first: recovery codes stand in for it."))
    codes = _new_codes(session, user)
    audit.record(session, "second_factor:renew_codes", _subject(user), actor=actor, now=now)
    return codes


def next_code(session: Session, user: User, *, now: datetime) -> tuple[str, float] | None:
    """Return the next code of a person's app, and in how many seconds it serves, for the demo.

    Where the present one served already it is the one after, which the tolerance takes early.
    """
    found = session.get(SecondFactor, user.id)
    if found is None:
        return None
    step = max(totp.step_of(now), found.last_step + 1)
    serves_at = (step - totp.TOLERANCE) * totp.SECONDS
    return totp.code(_secret(session, found), step), max(0.0, serves_at - now.timestamp())


def forget(session: Session, user: User) -> None:
    """Remove what a person set up; whoever calls has asked whether it may."""
    passkeys.forget(session, user)
    with acting_as_system(session):
        session.execute(delete(SecondFactor).where(_of(user)))
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _demand_own(actor: Actor, user: User) -> None:
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if actor.id != user.id:
        raise NotPermitted(permissions.REFUSAL)


def _take_code(session: Session, user: User, said: str, now: datetime) -> bool:
    """Take a code of the app; the row decides between two who send it at once."""
    found = session.get(SecondFactor, user.id, populate_existing=True)
    if found is None or len(said) != totp.DIGITS or not said.isdecimal():
        return False
    step = totp.matched(_secret(session, found), said, now=now, after=found.last_step)
    if step is None:
        return False
    later = _of(user), SecondFactor.last_step < step
    took = update(SecondFactor).where(*later).values(last_step=step)
    return session.scalar(took.returning(SecondFactor.user_id)) is not None


def _take_recovery(session: Session, user: User, said: str, now: datetime) -> bool:
    if len(said) != _RECOVERY_LENGTH:
        return False
    stored = keyring(session).recovery_code(said, user_id=str(user.id))
    unused = (
        RecoveryCode.user_id == user.id,
        RecoveryCode.hash == stored,
        RecoveryCode.used_at.is_(None),
    )
    took = update(RecoveryCode).where(*unused).values(used_at=now)
    return session.scalar(took.returning(RecoveryCode.user_id)) is not None


def _new_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(_random_signs()) for _ in range(RECOVERY_CODES)]
    keys = keyring(session)
    session.add_all(
        RecoveryCode(user_id=user.id, hash=keys.recovery_code(code, user_id=str(user.id)))
        for code in codes
    )
    session.flush()
    return [_grouped(code) for code in codes]


def _random_signs() -> Iterator[str]:
    return (secrets.choice(ALPHABET) for _ in range(_RECOVERY_LENGTH))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def _secret(session: Session, found: SecondFactor) -> str:
    try:
        return keyring(session).unseal_factor(found.sealed, user_id=str(found.user_id))
    except KeyMissing:
        raise
    except SealBroken:
        raise Conflict(
            N_(
                "Your app cannot be checked here. Ask an administrator to remove your second"
                " factor."
            )
        ) from None


def _of(user: User) -> ColumnElement[bool]:
    return SecondFactor.user_id == user.id


def _subject(user: User) -> audit.Subject:
    return audit.Subject("user", user.id)
