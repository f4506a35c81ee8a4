"""Reaching into camt elements by local name, and reading their amounts and dates."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from vouchers.services.bank.amounts import currency_code, unsigned_minor
from vouchers.services.bank.problems import StatementFileError

# lxml's element types are too wide for strict typing of text and attributes; `Any` ends here.
Element = Any


class Nodes:
    """Children by local name; the names seen are kept, because splitting each is what costs."""

    def __init__(self) -> None:
        self._locals: dict[str, str] = {}

    def local(self, element: Element) -> str:
        """Return the element's name without its namespace."""
        tag = element.tag
        name = self._locals.get(tag)
        if name is None:
            name = self._locals[tag] = str(tag).rpartition("}")[2]
        return name

    def parts(self, element: Element) -> dict[str, Element]:
        """Return the first child of each name."""
        found: dict[str, Element] = {}
        names = self._locals
        for child in element:
            tag = child.tag
            found.setdefault(names.get(tag) or self.local(child), child)
        return found

    def child(self, element: Element, name: str) -> Element:
        """Return the first child called `name`, or None."""
        for child in element:
            if self.local(child) == name:
                return child
        return None

    def children(self, element: Element, name: str) -> Iterator[Element]:
        """Yield the children called `name`."""
        return (child for child in element if self.local(child) == name)

    def text(self, element: Element, *path: str) -> str | None:
        """Return the stripped text at `path`, or None where it is missing or empty."""
        for name in path:
            if element is None:
                return None
            element = self.child(element, name)
        return text_of(element)


def text_of(element: Element) -> str | None:
    """Return the element's stripped text, or None where it is missing or empty."""
    if element is None or element.text is None:
        return None
    return element.text.strip() or None


def date_of(text: str, where: str) -> date:
    """Return the day of an ISO date or date-time, as the bank wrote it; refuse anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise StatementFileError("date_garbled", text=text[:40], where=where[:60]) from None


def credit_sign(text: str | None, where: str) -> int:
    """Return 1 for CRDT and -1 for DBIT; refuse anything else."""
    if text == "CRDT":
        return 1
    if text == "DBIT":
        return -1
    raise StatementFileError("direction_garbled", text=(text or "")[:40], where=where[:60])


def signed(
    nodes: Nodes, element: Element, default_currency: str, where: str
) -> tuple[int, str, str]:
    """Return signed minor units, currency and the amount's text of a balance or an entry."""
    parts = nodes.parts(element)
    amount = parts.get("Amt")
    text = text_of(amount) or ""
    currency = default_currency if amount is None else amount.get("Ccy", default_currency)
    sign = credit_sign(text_of(parts.get("CdtDbtInd")), where)
    return sign * unsigned_minor(text, currency_code(currency, where), where), currency, text
