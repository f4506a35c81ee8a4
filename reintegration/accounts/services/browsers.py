"""Browsers in which a person signed in before: each has tries of its own, and may have passed.

What the cookie holds opens nothing: it only tells a browser that the person uses from a stranger's.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.accounts.models import KnownBrowser, User
from reintegration.kernel import crypto
from reintegration.kernel.db import acting_as_system

REMEMBERED_FOR = timedelta(hours=12)
"""How long a browser that showed a second factor is not asked for another one."""
KEPT_FOR = timedelta(days=180)


def known(session: Session, token: str, *, account: str) -> KnownBrowser | None:
    """Return the browser of this cookie, if the owner of the e-mail `account` signed in there."""
    with acting_as_system(session):
        return session.scalar(
            select(KnownBrowser)
            .join(User, User.id == KnownBrowser.user_id)
            .where(KnownBrowser.hash == crypto.token_hash(token), func.lower(User.email) == account)
        )


def has_passed(browser: KnownBrowser | None, *, now: datetime) -> bool:
    """Whether this browser is asked for no second factor now."""
    return browser is not None and browser.passed_until is not None and browser.passed_until > now


def remember(session: Session, token: str, user: User, *, passed: bool, now: datetime) -> str:
    """Note that a person signed in here, and whether by a second factor; return the cookie's text.

    A browser that has no cookie yet, or one that nobody signed in with, gets a fresh one.
    """
    ours = select(KnownBrowser.hash).where(KnownBrowser.hash == crypto.token_hash(token)).limit(1)
    values = {"last_seen_at": now} | ({"passed_until": now + REMEMBERED_FOR} if passed else {})
    with acting_as_system(session):
        kept = token if token and session.scalar(ours) is not None else crypto.random_token()
        session.execute(
            insert(KnownBrowser)
            .values(hash=crypto.token_hash(kept), user_id=user.id, **values)
            .on_conflict_do_update(index_elements=["hash", "user_id"], set_=values)
        )
    return kept


def ask_again(session: Session, *users: User) -> None:
    """Ask these people for their second factor at the next sign-in, wherever they passed before."""
    passed = KnownBrowser.user_id.in_([one.id for one in users])
    with acting_as_system(session):
        session.execute(
            update(KnownBrowser)
            .where(passed, KnownBrowser.passed_until.is_not(None))
            .values(passed_until=None)
        )


def forget_old(session: Session, now: datetime) -> str | None:
    """Forget browsers in which nobody signed in for half a year."""
    old = delete(KnownBrowser).where(KnownBrowser.last_seen_at < now - KEPT_FOR)
    gone = session.scalar(
        select(func.count()).select_from(old.returning(KnownBrowser.user_id).cte())
    )
    return f"{gone} browsers forgotten" if gone else None
