"""Telling people what happened in a case: its code is named, never the person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.cases.models import CaseFile


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
    """Put `message` into inboxes; in it, the code of the case is called `code` or `case`.

    It leads to `link`, or where nothing is said to the case itself; None: it leads nowhere.
    """
    names = {name: file.code for name in ("code", "case") if f"%({name})s" in message}
    to = f"/cases/{file.id}" if link == "" else link
    inbox.notify(session, readers, key, message, now=now, link=to, **names, **params)
