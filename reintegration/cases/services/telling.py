"""Telling people what happened in a case: its code is named, never the person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.accounts.services.inbox import Message
from reintegration.cases.models import CaseFile


class HasCode(Protocol):
    """A case as far as a message names it."""

    @property
    def id(self) -> Any:
        """Return the id."""

    @property
    def code(self) -> Any:
        """Return the code, which tells nothing about the person."""


def tell(
    session: Session,
    file: CaseFile,
    readers: Iterable[UUID],
    key: str,
    message: str,
    *,
    now: datetime,
    link: str | None = "",
    **params: Any,
) -> None:
    """Put what `told` makes of it into inboxes."""
    inbox.put(session, told(file, readers, key, message, link=link, **params), now=now)


def told(
    file: HasCode,
    readers: Iterable[UUID],
    key: str,
    message: str,
    *,
    link: str | None = "",
    **params: Any,
) -> list[Message]:
    """Return `message` to each reader; in it, the code of the case is called `code` or `case`.

    It leads to `link`, or where nothing is said to the case itself; None: it leads nowhere.
    """
    names = {name: file.code for name in ("code", "case") if f"%({name})s" in message}
    to = f"/cases/{file.id}" if link == "" else link
    return [Message(reader, key, message, to, {**names, **params}) for reader in set(readers)]
