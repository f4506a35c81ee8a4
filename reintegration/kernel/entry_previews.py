"""What another value of an entry of a list would touch: the rows that name it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.kernel.bounded import count
from reintegration.kernel.dated_rules import Coming, Preview
from reintegration.kernel.hooks import Change

Rows = Callable[[Coming[Any]], Select[Any]]
Sentence = Callable[[Coming[Any]], str]


def naming(sentence: Sentence, rows: Rows) -> Preview:
    """Return the preview that counts the rows which name an entry; of a new one there is none.

    `sentence` chooses a message with `%(count)s`, or nothing to say.
    """

    def preview(session: Session, coming: Coming[Any]) -> list[Change]:
        message = sentence(coming) if coming.before is not None else ""
        return [Change(message, count(session, rows(coming)), {})] if message else []

    return preview


def leaves_use(coming: Coming[Any]) -> bool:
    """Whether an entry goes out of use."""
    return bool(coming.before.in_use and not coming.after.in_use)
