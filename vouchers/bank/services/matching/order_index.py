"""The open and the settled orders, by everything that an entry may name."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from vouchers.bank.services.matching.proposals import MatchRules, OpenBatch, OpenOrder, OrderId
from vouchers.formats.iban import compact
from vouchers.formats.statement import BankEntry

Key = tuple[int, str, str]


class OrderIndex:
    """Orders by reference and by amount and account; built once, read in constant time."""

    def __init__(
        self,
        orders: Iterable[OpenOrder],
        batches: Iterable[OpenBatch],
        settled: Iterable[OpenOrder],
        rules: MatchRules,
    ) -> None:
        self.rules = rules
        self.free: dict[OrderId, OpenOrder] = {}
        self.by_end_to_end: dict[str, list[OpenOrder]] = {}
        self.settled_by_end_to_end: dict[str, OpenOrder] = {}
        self.settled_by_key: dict[Key, OpenOrder] = {}
        self.batches: dict[str, list[OpenBatch]] = {}
        for order in orders:
            self.free[order.id] = order
            for name in {order.end_to_end_id, order.reference} - {None, ""}:
                self.by_end_to_end.setdefault(str(name), []).append(order)
        for order in settled:
            self._settled(order)
        for batch in batches:
            for name in {batch.message_id, batch.payment_information_id} - {None}:
                self.batches.setdefault(str(name), []).append(batch)

    def use(self, order_ids: Iterable[OrderId]) -> None:
        """Take orders out: an entry settles them by itself."""
        for order_id in order_ids:
            self._settled(self.free.pop(order_id))

    def hold(self, order_ids: Iterable[OrderId]) -> None:
        """Keep orders from weaker tiers: a flagged entry names them exactly."""
        for order_id in order_ids:
            del self.free[order_id]

    def _settled(self, order: OpenOrder) -> None:
        for name in {order.end_to_end_id, order.reference} - {None, ""}:
            self.settled_by_end_to_end[str(name)] = order
        key = order_key(order)
        if key is not None:
            self.settled_by_key[key] = order

    def free_by_end_to_end(self, reference: str | None) -> list[OpenOrder]:
        """Return the open orders that a reference names, by ours or by the order's number.

        More than one is ambiguous.
        """
        if not reference:
            return []
        return [order for order in self.by_end_to_end.get(reference, ()) if order.id in self.free]


def order_key(order: OpenOrder) -> Key | None:
    """Return signed amount, currency and account of an order that has an account."""
    iban = compact(order.counterparty_iban)
    return (order.signed_minor, order.currency, iban) if iban else None


def entry_key(entry: BankEntry) -> Key | None:
    """Return the same for an entry."""
    iban = entry.counterparty_iban
    return (entry.amount_minor, entry.currency, iban) if iban else None


def in_window(order: OpenOrder, booked: date, rules: MatchRules) -> bool:
    """Tell whether an order sent then may be booked on that day."""
    days = (booked - order.sent_on).days
    return -rules.days_before <= days <= rules.days_after


class Timeline:
    """Orders of one group by day of sending: those that a booking day may settle, in log time."""

    def __init__(self, orders: list[OpenOrder], rules: MatchRules) -> None:
        self._orders = sorted(orders, key=lambda order: order.sent_on)
        self._days = [order.sent_on for order in self._orders]
        self._before = timedelta(days=rules.days_before)
        self._after = timedelta(days=rules.days_after)

    def span(self, booked: date) -> tuple[int, int]:
        """Return where the fitting orders begin and end."""
        return (
            bisect_left(self._days, booked - self._after),
            bisect_right(self._days, booked + self._before),
        )

    def orders(self, booked: date, limit: int) -> list[OpenOrder]:
        """Return at most `limit` fitting orders, the latest sent first."""
        first, last = self.span(booked)
        return self._orders[max(first, last - limit) : last][::-1]
