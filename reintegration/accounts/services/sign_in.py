"""Signing in and out. Tries are counted in the database and survive everything.

Wrong passwords are counted for an account and the browser first: one in which its person signed in
before has a count of its own, which no stranger can use up. All other browsers share one count, and
all of a network another one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reintegration.accounts.models import KnownBrowser, SignInSession, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import browsers, passkeys, passwords, second_factor
from reintegration.accounts.services.passkeys import Relying
from reintegration.kernel import audit, crypto, permissions, tries
from reintegration.kernel.actor import ANONYMOUS, Actor, ActorKind
from reintegration.kernel.errors import N_, DomainError, Invalid, NotPermitted, TooManyTries, or_404
from reintegration.kernel.locking import by_key
from reintegration.kernel.tries import Limit, TryCounter

PER_ACCOUNT = tries.Limit(tries=8, window=timedelta(minutes=15))
PER_ADDRESS = tries.Limit(tries=40, window=timedelta(minutes=15))
WAITS_FOR = timedelta(minutes=10)
"""How long a sign-in waits for its second factor."""
_SEEN_EVERY = timedelta(seconds=30)


def account_key(account: str, browser: KnownBrowser | None = None) -> str:
    """Return the key under which tries are counted: of an e-mail in small, from that browser."""
    if browser is None:
        return f"sign-in|account|{account}"
    return f"sign-in|browser|{account}|{browser.hash.hex()[:32]}"


class LockedOut(TooManyTries):
    """Too many wrong passwords, from here."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Too many wrong tries. Wait 15 minutes, or ask for a link by mail: it lets you in"
                " at once. A browser in which you signed in before still takes your password."
            )
        )


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in: the network, the browser's words and its cookie."""

    network: str
    device: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in: whose, the token of its session, and whether it waits for a second factor.

    `browser` is what the browser keeps, so that it is known the next time.
    """

    user: User
    token: str
    browser: str = ""
    waits: bool = False


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    place: Place,
    lifetime: timedelta,
    may_enter: Callable[[User], bool],
    must_enrol: Callable[[User], bool] = lambda _user: False,
    now: datetime,
) -> Begun:
    """Return what began with a right password; raise WrongCredentials or LockedOut.

    `may_enter` says whether such a person signs in at this address; with a right password, a no is
    told as WrongAddress: nobody hears it who does not know the password. `must_enrol` says who
    sets up a second factor before anything else.
    """
    account = email.strip().casefold()
    browser = browsers.known(session, place.browser, account=account)
    keys = _spend(session, account, place, browser, now)
    user = session.scalar(select(User).where(func.lower(User.email) == account))
    right = passwords.matches(user.password_hash if user else None, password)
    closed = user is None or user.disabled_at or not user.organisation.active
    if user is None or closed or not right:
        _remember_refusal(session, user, now)
        raise WrongCredentials
    if not may_enter(user):
        for key in keys:
            tries.give_back(session, key, now=now)
        _remember_refusal(session, user, now)
        raise WrongAddress
    tries.forget(session, account_key(account, browser))
    if browser is None:
        tries.give_back(session, _network_key(place), now=now)
    return begin(session, user, place=place, lifetime=lifetime, must_enrol=must_enrol, now=now)


def begin(
    session: Session,
    user: User,
    *,
    place: Place,
    lifetime: timedelta,
    must_enrol: Callable[[User], bool] = lambda _user: False,
    now: datetime,
) -> Begun:
    """Begin the session of somebody who showed a password; it may wait for a second factor."""
    enrolled = second_factor.is_enrolled(session, user)
    browser = browsers.known(session, place.browser, account=user.email.casefold())
    passed = browsers.has_passed(browser, now=now)
    if enrolled and not passed:
        token = start_session(
            session, user, device=place.device, lifetime=WAITS_FOR, passed=False, now=now
        )
        return Begun(user, token, waits=True)
    token = start_session(
        session,
        user,
        device=place.device,
        lifetime=lifetime,
        confirmed=not enrolled,
        must_enrol=not enrolled and must_enrol(user),
        now=now,
    )
    kept = browsers.remember(session, place.browser, user, passed=False, now=now)
    return Begun(user, token, kept)


def sign_in_by_passkey(
    session: Session,
    *,
    answer: str,
    relying: Relying,
    place: Place,
    lifetime: timedelta,
    may_enter: Callable[[User], bool],
    now: datetime,
) -> Begun:
    """Return what began with a passkey alone; raise WrongPasskey, WrongAddress or LockedOut."""
    try:
        tries.spend(session, _network_key(place), PER_ADDRESS, now=now)
    except TooManyTries:
        raise LockedOut from None
    user_id = passkeys.check(session, None, answer, relying=relying, now=now)
    tries.give_back(session, _network_key(place), now=now)
    user = session.get_one(User, user_id)
    if not _may_come(user):
        raise passkeys.WrongPasskey
    if not may_enter(user):
        raise WrongAddress
    token = start_session(session, user, device=place.device, lifetime=lifetime, now=now)
    kept = browsers.remember(session, place.browser, user, passed=True, now=now)
    return Begun(user, token, kept)


def pass_factor(
    session: Session,
    token: str,
    *,
    typed: str,
    relying: Relying,
    place: Place,
    lifetime: timedelta,
    now: datetime,
) -> Begun:
    """Turn a sign-in that waited into a session, under a fresh id, when its factor is right.

    A wrong one is kept in the trail; raises WrongCode, WrongPasskey or TooManyTries.
    """
    waiting = or_404(find_waiting(session, token, now=now))
    user = waiting.user
    browser = browsers.known(session, place.browser, account=user.email.casefold())
    counted = browser.hash.hex()[:32] if browser else ""
    try:
        second_factor.check(session, user, typed, relying=relying, counted=counted, now=now)
    except Invalid:
        _remember_refusal(session, user, now)
        raise
    waiting.ended_at = now
    fresh = start_session(session, user, device=place.device, lifetime=lifetime, now=now)
    kept = browsers.remember(session, place.browser, user, passed=True, now=now)
    return Begun(user, fresh, kept)


def note_enrolled(session: Session, token: str, *, now: datetime) -> None:
    """Let a session go on whose person has just set up and shown a second factor."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.hash == crypto.token_hash(token))
        .values(must_enrol=False, confirmed_at=now)
    )


def _spend(
    session: Session, account: str, place: Place, browser: KnownBrowser | None, now: datetime
) -> list[str]:
    """Spend a try of each count that holds here; return their keys."""
    counts: list[tuple[str, Limit]] = [(account_key(account, browser), PER_ACCOUNT)]
    if browser is None:
        counts.insert(0, (_network_key(place), PER_ADDRESS))
    try:
        for key, limit in counts:
            tries.spend(session, key, limit, now=now)
    except TooManyTries:
        raise LockedOut from None
    return [key for key, _limit in counts]


def _network_key(place: Place) -> str:
    return f"sign-in|address|{place.network}"


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
    session: Session,
    user: User,
    *,
    device: str,
    lifetime: timedelta,
    passed: bool = True,
    confirmed: bool = True,
    must_enrol: bool = False,
    now: datetime,
) -> str:
    """Begin a session with a fresh id and return its token, which is nowhere stored.

    One that has not `passed` speaks for nobody yet. `confirmed` is one whose person showed just
    now all that can be asked of them.
    """
    token = crypto.random_token()
    session.add(
        SignInSession(
            hash=crypto.token_hash(token),
            user_id=user.id,
            started_at=now,
            last_seen_at=now,
            ends_at=now + lifetime,
            passed_at=now if passed else None,
            confirmed_at=now if passed and confirmed else None,
            must_enrol=must_enrol,
            device=device[:200],
        )
    )
    session.flush()
    if not passed:
        return token
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
            SignInSession.passed_at.is_not(None),
            SignInSession.ended_at.is_(None),
            SignInSession.ends_at > now,
            SignInSession.last_seen_at > now - idle,
        )
    )
    return found if found is not None and _may_come(found.user) else None


def find_waiting(session: Session, token: str, *, now: datetime) -> SignInSession | None:
    """Return the sign-in of `token` that still waits for its second factor, or None."""
    found = session.scalar(
        select(SignInSession).where(
            SignInSession.hash == crypto.token_hash(token),
            SignInSession.passed_at.is_(None),
            SignInSession.ended_at.is_(None),
            SignInSession.ends_at > now,
        )
    )
    return found if found is not None and _may_come(found.user) else None


def _may_come(user: User) -> bool:
    return user.disabled_at is None and user.organisation.active


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


def living(
    session: Session, user_id: UUID, *, idle: timedelta, now: datetime
) -> list[SignInSession]:
    """Return the sessions that still speak for a person, the last used first."""
    found = session.scalars(
        select(SignInSession)
        .where(
            SignInSession.user_id == user_id,
            SignInSession.passed_at.is_not(None),
            SignInSession.ended_at.is_(None),
            SignInSession.ends_at > now,
            SignInSession.last_seen_at > now - idle,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    return list(found)


def own_or_404(session: Session, session_id: UUID, *, actor: Actor) -> SignInSession:
    """Return one of the actor's own sessions, by its name; raise NotFound for another's."""
    own = SignInSession.id == session_id, SignInSession.user_id == actor.id
    return or_404(session.scalar(select(SignInSession).where(*own)))


def end_one(session: Session, found: SignInSession, *, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions; one that ended before stays as it ended."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if found.user_id != actor.id:
        raise NotPermitted(permissions.REFUSAL)
    open_one = SignInSession.hash == found.hash, SignInSession.ended_at.is_(None)
    session.execute(update(SignInSession).where(*open_one).values(ended_at=now))
    audit.record(session, "session:end", audit.Subject("user", actor.id), actor=actor, now=now)


def end_others(session: Session, token: str, *, actor: Actor, now: datetime) -> None:
    """End all of one's own sessions but this one; every other browser is asked for all again."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    user = session.get_one(User, actor.id)
    others = (
        SignInSession.ended_at.is_(None),
        SignInSession.user_id == actor.id,
        SignInSession.hash != crypto.token_hash(token),
    )
    session.execute(by_key(SignInSession, *others))
    session.execute(update(SignInSession).where(*others).values(ended_at=now))
    browsers.ask_again(session, user)
    subject = audit.Subject("user", actor.id)
    audit.record(session, "session:end_others", subject, actor=actor, now=now)


def end_all_sessions(session: Session, *users: User, now: datetime) -> None:
    """End every session of people: after a new password, new roles, or being disabled.

    Whatever browser they passed in asks for their second factor again.
    """
    open_ones = SignInSession.ended_at.is_(None), SignInSession.user_id.in_([u.id for u in users])
    session.execute(by_key(SignInSession, *open_ones))
    session.execute(update(SignInSession).where(*open_ones).values(ended_at=now))
    browsers.ask_again(session, *users)


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
