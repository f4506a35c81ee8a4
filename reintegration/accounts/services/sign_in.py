"""Signing in and out. Tries are counted in the database and survive everything."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reintegration.accounts.models import SignInSession, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passwords
from reintegration.kernel import audit, crypto, permissions, tries
from reintegration.kernel.actor import ANONYMOUS, Actor, ActorKind
from reintegration.kernel.errors import N_, DomainError
from reintegration.kernel.locking import by_key
from reintegration.kernel.tries import TryCounter

PER_ACCOUNT = tries.Limit(tries=8, window=timedelta(minutes=15))
PER_ADDRESS = tries.Limit(tries=40, window=timedelta(minutes=15))
_SEEN_EVERY = timedelta(seconds=30)


def account_key(account: str) -> str:
    """Return the key under which the tries of an account are counted, by its e-mail in small."""
    return f"sign-in|account|{account}"


class WrongCredentials(DomainError):
    """E-mail and password do not belong together; which of them is wrong is not said."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__(N_("The e-mail or the password is not right."))


class WrongAddress(DomainError):
    """The password is right, but such a person signs in at another address, which is not named."""

    code = "wrong_address"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Your password is right, but your account signs in at another address."
                " Ask the person who manages your access for it."
            )
        )


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    address: str,
    device: str,
    lifetime: timedelta,
    may_enter: Callable[[User], bool],
    now: datetime,
) -> tuple[User, str]:
    """Return the person and a new session's token; raise WrongCredentials or TooManyTries.

    `may_enter` says whether such a person signs in at this address; with a right password, a no is
    told as WrongAddress: nobody hears it who does not know the password.
    """
    account = email.strip().casefold()
    tries.spend(session, f"sign-in|address|{address}", PER_ADDRESS, now=now)
    tries.spend(session, account_key(account), PER_ACCOUNT, now=now)
    user = session.scalar(select(User).where(func.lower(User.email) == account))
    right = passwords.matches(user.password_hash if user else None, password)
    closed = user is None or user.disabled_at or not user.organisation.active
    if user is None or closed or not right:
        _remember_refusal(session, user, now)
        raise WrongCredentials
    if not may_enter(user):
        for key in (account_key(account), f"sign-in|address|{address}"):
            tries.give_back(session, key, now=now)
        _remember_refusal(session, user, now)
        raise WrongAddress
    tries.forget(session, account_key(account))
    tries.give_back(session, f"sign-in|address|{address}", now=now)
    return user, start_session(session, user, device=device, lifetime=lifetime, now=now)


def locked_out(session: Session, *, now: datetime, limit: int) -> list[tuple[User, datetime]]:
    """Return whose tries of a password are used up, and until when."""
    found = session.execute(
        select(User, TryCounter.window_ends_at)
        .join(TryCounter, TryCounter.key == func.concat(account_key(""), func.lower(User.email)))
        .where(User.disabled_at.is_(None), TryCounter.window_ends_at > now)
        .where(TryCounter.spent >= PER_ACCOUNT.tries)
        .order_by(TryCounter.window_ends_at, User.id)
        .limit(limit)
    )
    return [(row.User, row.window_ends_at) for row in found]


def let_try_again(session: Session, user: User) -> None:
    """Give a person all tries back: somebody who knows them gave them another password."""
    tries.forget(session, account_key(user.email.casefold()))


def start_session(
    session: Session, user: User, *, device: str, lifetime: timedelta, now: datetime
) -> str:
    """Begin a session with a fresh id and return its token, which is nowhere stored."""
    token = crypto.random_token()
    session.add(
        SignInSession(
            hash=crypto.token_hash(token),
            user_id=user.id,
            started_at=now,
            last_seen_at=now,
            ends_at=now + lifetime,
            device=device[:200],
        )
    )
    session.flush()
    audit.record(
        session,
        "session:start",
        audit.Subject("user", user.id),
        actor=Actor(user.id, ActorKind.PERSON, user.name, organisation_id=user.organisation_id),
        now=now,
    )
    return token


def find_session(
    session: Session, token: str, *, idle: timedelta, now: datetime
) -> SignInSession | None:
    """Return the living session of `token`, or None: ended, idle, too old, or disabled."""
    found = session.scalar(
        select(SignInSession).where(
            SignInSession.hash == crypto.token_hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.ends_at > now,
            SignInSession.last_seen_at > now - idle,
        )
    )
    if found is None or found.user.disabled_at or not found.user.organisation.active:
        return None
    return found


def seen(session: Session, found: SignInSession, *, now: datetime) -> None:
    """Note that the session is in use, at most twice a minute, in a transaction of its own."""
    if now - found.last_seen_at < _SEEN_EVERY:
        return
    with tries.companion(session).begin() as connection:
        connection.execute(
            update(SignInSession)
            .where(SignInSession.hash == found.hash, SignInSession.last_seen_at < now)
            .values(last_seen_at=now)
        )


def end_session(session: Session, token: str, *, actor: Actor, now: datetime) -> None:
    """End one session: its cookie opens nothing from now on."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    ended = session.execute(
        update(SignInSession)
        .where(SignInSession.hash == crypto.token_hash(token), SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    if ended.rowcount:  # type: ignore[attr-defined]
        audit.record(session, "session:end", audit.Subject("user", actor.id), actor=actor, now=now)


def end_all_sessions(session: Session, *users: User, now: datetime) -> None:
    """End every session of people: after a new password, new roles, or being disabled."""
    open_ones = SignInSession.ended_at.is_(None), SignInSession.user_id.in_([u.id for u in users])
    session.execute(by_key(SignInSession, *open_ones))
    session.execute(update(SignInSession).where(*open_ones).values(ended_at=now))


def _remember_refusal(session: Session, user: User | None, now: datetime) -> None:
    """Put the refusal into the trail in its own transaction: the request rolls back."""
    with Session(tries.companion(session)) as own, own.begin():
        audit.record(
            own,
            "session:refuse",
            audit.Subject("user", user.id if user else None),
            actor=ANONYMOUS,
            now=now,
        )
