"""The one place where tests enrol, read codes and read links out of mails."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import SecondFactor, User
from reintegration.accounts.services import actors, second_factor, totp
from reintegration.kernel.db import keyring
from reintegration.kernel.outbox import OutboxMessage


def enrol(session: Session, user: User, *, now: datetime) -> tuple[str, list[str]]:
    """Set up an app for a person; return its secret and the recovery codes.

    The code that sets it up is of a minute ago, so that the one of `now` still serves.
    """
    secret = totp.new_secret()
    step = totp.step_of(now) - totp.TOLERANCE
    codes = second_factor.enrol(
        session,
        user,
        actor=actors.actor_of(session, user),
        secret=secret,
        typed=totp.code(secret, step),
        now=now,
    )
    return secret, codes


def code_of(secret: str, now: datetime, *, steps: int = 0) -> str:
    """Return what an app shows, so many half minutes from now."""
    return totp.code(secret, totp.step_of(now) + steps)


def let_code_serve_again(session: Session, user: User) -> None:
    """Forget which code was the last, for a test that shows two within a half minute."""
    session.get_one(SecondFactor, user.id, populate_existing=True).last_step = 0


def letters_to(session: Session, email: str) -> list[str]:
    """Return the texts of the mails to an address, opened, the oldest first."""
    sent = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.payload["to"].astext == email)
        .order_by(OutboxMessage.queued_at)
    )
    keys = keyring(session)
    return [
        keys.unseal_mail(one.payload["sealed"], key=one.idempotency_key)
        for one in sent
        if "sealed" in one.payload
    ]


def path_of_link(letter: str) -> str:
    """Return the address of the link in a mail, without its host."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter)
    assert found, letter
    return found[1]
