"""Links by mail: the invitation of somebody new, and the way back of who forgot their password.

Whoever asks for a link hears the same, at once, whether there is such an account or not: the
request only queues the question, and it is answered where nobody waits for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reintegration.accounts.models import AccountLink, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import letters, passwords, sign_in, users
from reintegration.accounts.services.house import House
from reintegration.accounts.states import LinkPurpose
from reintegration.kernel import audit, crypto, outbox, permissions, tries
from reintegration.kernel.actor import SYSTEM, Actor, ActorKind
from reintegration.kernel.db import acting_as_system, keyring
from reintegration.kernel.errors import N_, Conflict, DomainError
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.message_texts import Outgoing

CHANNEL = "reset"
LINK_FOR = timedelta(minutes=30)
PER_PERSON = tries.Limit(tries=3, window=timedelta(minutes=15))
"""So many links are sent to one person; of those before, each still opens."""
PER_NETWORK = tries.Limit(tries=40, window=timedelta(minutes=15))
_LETTERS: dict[LinkPurpose, Outgoing] = {
    LinkPurpose.INVITATION: letters.INVITATION,
    LinkPurpose.RESET: letters.RESET,
}


class DeadLink(DomainError):
    """The link was used, is too old, or never was one: which of them is not said."""

    status = 409
    code = "dead_link"

    def __init__(self) -> None:
        super().__init__(
            N_("This link was used already or is older than 30 minutes. Ask for another one.")
        )


def send(session: Session, user: User, *, actor: Actor, house: House, now: datetime) -> LinkPurpose:
    """Send somebody a link: an invitation to who never chose a password, else a reset."""
    permissions.demand(actor, AccountPermission.MANAGE_USERS)
    if user.disabled_at is not None or not user.organisation.active:
        raise Conflict(N_("This account is closed. Open it again before you send a link."))
    purpose = LinkPurpose.INVITATION if user.must_change_password else LinkPurpose.RESET
    _send(session, user, purpose, house, now)
    audit.record(session, f"user:send_{purpose}", user, actor=actor, now=now)
    return purpose


def ask(session: Session, *, email: str, network: str, now: datetime) -> None:
    """Queue the question for a link; the same is done for an address that nobody has.

    Raises TooManyTries when too many were asked for from this network.
    """
    tries.spend(session, f"link|network|{network}", PER_NETWORK, now=now)
    key = f"{CHANNEL}:{new_id()}"
    sealed = keyring(session).seal_mail(email.strip().casefold(), key=key)
    outbox.put(session, channel=CHANNEL, key=key, payload={"sealed": sealed}, now=now)


def answer(session: Session, *, key: str, sealed: str, house: House, now: datetime) -> None:
    """Send the link that was asked for, where there is an open account of this address."""
    email = keyring(session).unseal_mail(sealed, key=key)
    user = session.scalar(select(User).where(func.lower(User.email) == email))
    if user is None or user.disabled_at is not None or not user.organisation.active:
        return
    asked = select(func.count()).where(
        AccountLink.user_id == user.id, AccountLink.made_at > now - PER_PERSON.window
    )
    if (session.scalar(asked) or 0) >= PER_PERSON.tries:
        return
    purpose = LinkPurpose.INVITATION if user.must_change_password else LinkPurpose.RESET
    _send(session, user, purpose, house, now)
    audit.record(session, "user:ask_link", user, actor=SYSTEM, now=now)


def opens(session: Session, key: str, *, now: datetime) -> bool:
    """Whether a link of this key lives."""
    return _living(session, key, now) is not None


def _find(session: Session, key: str, now: datetime) -> AccountLink:
    found = _living(session, key, now)
    if found is None:
        raise DeadLink
    return found


def _living(session: Session, key: str, now: datetime) -> AccountLink | None:
    alive = AccountLink.ended_at.is_(None), AccountLink.expires_at > now
    of_key = select(AccountLink).where(AccountLink.hash == crypto.token_hash(key), *alive)
    with acting_as_system(session):
        found = session.scalar(of_key)
    if found is None or found.user.disabled_at or not found.user.organisation.active:
        return None
    return found


def use(
    session: Session,
    key: str,
    *,
    password: str,
    house: House,
    may_enter: Callable[[User], bool],
    now: datetime,
) -> User:
    """Set the password of whoever holds the link, and end it with all others of theirs.

    Every session of the person ends, and whoever was locked out may sign in. Raises DeadLink, or
    Invalid for a password that is easy to guess, which leaves the link as it is.
    """
    user = lock(session, _find(session, key, now).user)
    _find(session, key, now)  # whoever was faster has ended it
    if not may_enter(user):
        raise sign_in.WrongAddress
    about = passwords.words_about(user, user.organisation, *house.names)
    passwords.check_rule(password, about=about)
    with acting_as_system(session):
        session.execute(
            update(AccountLink)
            .where(AccountLink.user_id == user.id, AccountLink.ended_at.is_(None))
            .values(ended_at=now)
        )
    users.take_password(session, user, password, now=now)
    sign_in.let_try_again(session, user)
    person = Actor(user.id, ActorKind.PERSON, user.name, organisation_id=user.organisation_id)
    audit.record(session, "user:use_link", user, actor=person, now=now, fields=("password",))
    return user


def _send(session: Session, user: User, purpose: LinkPurpose, house: House, now: datetime) -> None:
    link_id = new_id()
    key = keyring(session).account_link(str(link_id))
    link = AccountLink(
        id=link_id,
        hash=crypto.token_hash(key),
        user_id=user.id,
        purpose=purpose,
        made_at=now,
        expires_at=now + LINK_FOR,
    )
    with acting_as_system(session):
        session.add(link)
    url = f"{house.url_for(user)}/account/link?key={key}"
    message = f"account_link:{link_id}:{purpose}"
    letters.write(session, user, _LETTERS[purpose], key=message, url=url, now=now)
