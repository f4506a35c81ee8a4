"""Sign-ins of the demo: passwords are made anew at each load and stand in one file only."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services import second_factor, totp
from reintegration.accounts.services.actors import actor_of

FILE_NAME = "demo-logins.tsv"
_SYLLABLES = tuple(a + b for a in "bcdfglmnprstvz" for b in "aeiou")


@dataclass(frozen=True, slots=True)
class Login:
    """One line of the file; `secret` is what an app takes, and empty for who needs none."""

    role: str
    email: str
    password: str
    secret: str = ""

    @property
    def line(self) -> str:
        """Return role, e-mail, password and secret, with tabs between them."""
        return f"{self.role}\t{self.email}\t{self.password}\t{self.secret}"


def enrol(session: Session, user: User, *, now: datetime) -> str:
    """Set up an app for somebody whose role asks for one in production; return its secret."""
    if not second_factor.is_required(user):
        return ""
    secret = totp.new_secret()
    second_factor.enrol(
        session,
        user,
        actor=actor_of(session, user),
        secret=secret,
        typed=totp.code(secret, totp.step_of(now)),
        now=now,
    )
    return secret


def new_password() -> str:
    """Return four sayable words of chance syllables, about 70 bits."""
    return "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(4))


def write_draft(folder: Path, logins: Sequence[Login]) -> None:
    """Write what will be the file, readable for its owner only: they hold once all is committed."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = _draft(folder)
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(f"{login.line}\n" for login in logins))
        file.flush()
        os.fsync(file.fileno())


def publish(folder: Path) -> None:
    """Let the file appear, in one step, in place of the one before."""
    _draft(folder).replace(folder / FILE_NAME)


def forget(folder: Path) -> None:
    """Remove the file: what it opened is gone."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def draft_of(folder: Path) -> list[Login]:
    """Return what a load left as a draft: it ended just before or just after its commit."""
    draft = _draft(folder)
    if not draft.exists():
        return []
    lines = draft.read_text(encoding="utf-8").splitlines()
    return [Login(*line.split("\t")[:4]) for line in lines]


def _draft(folder: Path) -> Path:
    return folder / f".{FILE_NAME}"
