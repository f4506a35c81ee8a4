"""What an address asks for and what a form without fields says: the only readers of either.

Each returns what is meant, or nothing where no value can be meant; text that is too long is
refused in words. What comes in was freed before (`reintegration.web.door`).
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import request

from reintegration.kernel import dates
from reintegration.kernel.text import clean

LONGEST = 200
LONGEST_POSTED = 500
LONGEST_CURSOR = 1_000


def text(name: str, default: str = "", *, limit: int = LONGEST) -> str:
    """Return one line of text out of the address, or of the form that was sent to it."""
    return clean(request.values.get(name, default), limit=limit)


def choice(name: str, among: Iterable[str], default: str = "") -> str:
    """Return a word of the address if it is one of those that it may be."""
    said = request.values.get(name, default)
    return said if said in set(among) else default


def asked(name: str, among: Iterable[str]) -> str:
    """Return a word of the address alone: errors ask too, when the body cannot be read."""
    said = request.args.get(name, "")
    return said if said in set(among) else ""


def is_on(name: str) -> bool:
    """Tell whether the address asks for something that is off without it."""
    return request.values.get(name) == "1"


def is_named(name: str) -> bool:
    """Tell whether the address says this word at all, as in `?new`."""
    return name in request.args


def identifier(name: str) -> UUID | None:
    """Return the id of a thing, or None."""
    return _identifier(request.values.get(name, ""))


def day(name: str) -> date | None:
    """Return a day, or None."""
    try:
        return dates.typed(request.values.get(name, ""))
    except dates.NoDay:
        return None


def cursor() -> str | None:
    """Return the place in a list that the address names."""
    return text("page", limit=LONGEST_CURSOR) or None


def those(*names: str) -> dict[str, str]:
    """Return what the address says under these names, to fill a form or for the next link.

    Words that a page does not know are never carried into a link: some mean something there.
    """
    found = {name: text(name, limit=LONGEST_CURSOR) for name in names if name in request.args}
    return {name: said for name, said in found.items() if said}


def posted(name: str, *, limit: int = LONGEST_POSTED, lines: bool = False) -> str:
    """Return a text of the form that was sent."""
    return clean(request.form.get(name, ""), limit=limit, lines=lines)


def _identifier(said: str) -> UUID | None:
    """Return the id that a text is, or None."""
    try:
        return UUID(said)
    except ValueError:
        return None
