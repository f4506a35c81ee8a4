"""Sign-ins of the demo: passwords are made anew at each load and stand in one file only."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "demo-logins.tsv"
_SYLLABLES = tuple(a + b for a in "bcdfglmnprstvz" for b in "aeiou")


@dataclass(frozen=True, slots=True)
class Login:
    """One line of the file; the column of a second factor is empty until there is one."""

    role: str
    email: str
    password: str

    @property
    def line(self) -> str:
        """Return role, e-mail, password and an empty fourth column."""
        return f"{self.role}\t{self.email}\t{self.password}\t"


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
    return [Login(*line.split("\t")[:3]) for line in lines]


def _draft(folder: Path) -> Path:
    return folder / f".{FILE_NAME}"
