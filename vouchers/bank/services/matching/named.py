"""A number of ours, wherever in a line of the bank it stands and however the bank cut it."""

import re
from collections.abc import Iterable, Iterator

from vouchers.bank.services.matching.exact_tiers import days_reason, settle
from vouchers.bank.services.matching.order_index import OrderIndex, entry_key, order_key
from vouchers.bank.services.matching.proposals import (
    ExceptionItem,
    OpenOrder,
    Proposal,
    Reason,
    Tier,
)
from vouchers.bank.states import ExceptionKind
from vouchers.formats.statement import BankEntry

_WORDS = re.compile(r"[A-Z0-9]+")
# Banks cut references at blanks and dashes: so many neighbouring pieces are tried together.
_PIECES = 5
_SHORTEST = 5


class NamedInLine:
    """Posts a line that names one order of ours, with its amount and the account of its payee.

    It is built when the references are done, over what they left. A second line that names an
    order of these is a duplicate payment.
    """

    def __init__(self, index: OrderIndex) -> None:
        self._index = index
        self._named = by_token(index.free.values())
        keys = (order_key(order) for order in index.free.values())
        self._keys = {key for key in keys if key is not None}

    def find(self, entry: BankEntry) -> Proposal | ExceptionItem | None:
        """Return the one order that is named and paid; None where anything is open to doubt."""
        key = entry_key(entry)
        if key is None or key not in self._keys:
            return None
        named = {order.id: order for order in named_in(texts_of(entry), self._named)}
        if len(named) != 1:
            return None
        order = next(iter(named.values()))
        if order_key(order) != key:
            return None
        reasons: tuple[Reason, ...] = (
            Reason("amount_equal"),
            Reason("iban_equal"),
            Reason("reference_found", {"reference": order.reference or order.end_to_end_id}),
        )
        if order.id in self._index.free:
            reasons = (*reasons, days_reason(order, entry))
            return settle(Tier.REFERENCE, entry, (order.id,), 97, reasons, self._index)
        if order is not self._index.settled_by_key.get(key):
            return None  # a flagged line holds it, for a person
        reasons = (*reasons, Reason("already_settled"))
        return ExceptionItem(ExceptionKind.DUPLICATE_PAYMENT, entry, (order.id,), reasons)


def by_token(orders: Iterable[OpenOrder]) -> dict[str, list[OpenOrder]]:
    """Return orders by their numbers and references, without what banks put between letters."""
    found: dict[str, list[OpenOrder]] = {}
    for order in orders:
        for reference in {order.reference, order.end_to_end_id} - {None}:
            token = "".join(_WORDS.findall(str(reference).upper()))
            if len(token) >= _SHORTEST:
                found.setdefault(token, []).append(order)
    return found


def named_in(texts: Iterable[str], by_token: dict[str, list[OpenOrder]]) -> Iterator[OpenOrder]:
    """Yield the orders that stand in any of the texts."""
    for text in texts:
        for token in tokens(text):
            yield from by_token.get(token, ())


def texts_of(entry: BankEntry) -> Iterator[str]:
    """Yield each text of a line in which somebody may have written a number."""
    names = (entry.end_to_end_id, entry.bank_reference, entry.counterparty_name)
    references = (entry.message_id, entry.payment_information_id)
    yield from (text for text in (entry.remittance, *names, *references) if text)
    for detail in entry.details:
        yield from (text for text in (detail.remittance, detail.end_to_end_id) if text)


def tokens(text: str) -> Iterator[str]:
    """Yield the words of a text, and neighbouring ones joined."""
    words = _WORDS.findall(text.upper())
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + _PIECES]:
            joined += word
            if len(joined) >= _SHORTEST:
                yield joined
