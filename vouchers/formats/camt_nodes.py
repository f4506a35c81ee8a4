"""A camt element as plain dictionaries by local name, so that each element is touched once."""

from datetime import date
from functools import lru_cache
from typing import Any

from reintegration.kernel import dates
from reintegration.kernel.amounts import machine
from reintegration.kernel.text import freed
from vouchers.formats.amounts import currency_code, unsigned_minor
from vouchers.formats.days import day_of
from vouchers.formats.problems import StatementFileError

# lxml's element types are too wide for strict typing; `Any` ends here.
Element = Any
Node = dict[str, Any]

_REPEATED = frozenset({"Bal", "NtryDtls", "TxDtls", "Chrgs", "Rcrd", "Ustrd", "Strd"})
_AMOUNTS = frozenset({"Amt", "TtlChrgsAndTaxAmt"})
_UNREAD = frozenset({"PstlAdr", "RltdAgts", "SplmtryData", "CtctDtls", "Ntry", "TxsSummry"})


_PLAIN, _LISTED, _AMOUNT, _SKIPPED = range(4)


class LocalNames(dict[str, tuple[str, int]]):
    """Tag to local name and how the element is kept; each spelling is looked at once."""

    def __missing__(self, tag: str) -> tuple[str, int]:
        name = str(tag).rpartition("}")[2]
        kind = _LISTED if name in _REPEATED else _AMOUNT if name in _AMOUNTS else _PLAIN
        found = self[tag] = (name, _SKIPPED if name in _UNREAD else kind)
        return found


def tree(element: Element, names: LocalNames) -> Node:
    """Return the element's children: text for a leaf, a dictionary for a parent.

    An amount is the pair (text, currency or None), what may repeat is a list, of the rest the
    first counts. Addresses and agents are left out.
    """
    node: Node = {}
    for child in element:
        name, kind = names[child.tag]
        if kind == _SKIPPED:
            continue
        value: Any
        if len(child):
            value = tree(child, names)
        else:
            value = child.text
            value = freed(value).strip() if value else ""
            if kind == _AMOUNT:
                value = (value, child.get("Ccy"))
        if kind == _LISTED:
            node.setdefault(name, []).append(value)
        elif name not in node:
            node[name] = value
    return node


def inner(node: Node, name: str) -> Node:
    """Return the child dictionary called `name`; a missing or textual one is empty."""
    found = node.get(name)
    return found if type(found) is dict else {}


def text(node: Node, *path: str) -> str | None:
    """Return the text at `path`, or None where it is missing or empty."""
    found: Any = node
    for name in path:
        if type(found) is not dict:
            return None
        found = found.get(name)
    return found if type(found) is str and found else None


def date_of(written: str, where: str) -> date:
    """Return the day of an ISO date or date-time, as the bank wrote it; refuse anything else."""
    return day_of(_day, written[:10], where)


_day = lru_cache(maxsize=1024)(dates.machine)


def signed(node: Node, default_currency: str, where: str) -> tuple[int, str, str]:
    """Return signed minor units, currency and the spelling of a balance's or entry's amount."""
    written, currency = amount_of(node)
    if currency is None:
        currency = default_currency
    elif currency != default_currency:
        currency = currency_code(currency, where)
    minor = unsigned_minor(machine, written, currency, where)
    direction = node.get("CdtDbtInd")
    if direction == "CRDT":
        return minor, currency, written
    if direction == "DBIT":
        return -minor, currency, written
    spelled = direction if type(direction) is str else ""
    raise StatementFileError("direction_garbled", text=spelled[:40], where=where[:60])


def amount_of(node: Node, name: str = "Amt") -> tuple[str, str | None]:
    """Return the amount's text and stated currency; a missing amount is an empty text."""
    found = node.get(name)
    return found if type(found) is tuple else ("", None)
