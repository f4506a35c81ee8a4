"""The tiers that may post by themselves: reference, batch, and amount with account."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from vouchers.bank.services.matching.exact import pays
from vouchers.bank.services.matching.order_index import (
    Key,
    OrderIndex,
    Timeline,
    entry_key,
    order_key,
)
from vouchers.bank.services.matching.proposals import (
    ExceptionItem,
    OpenBatch,
    OpenOrder,
    OrderId,
    Proposal,
    Reason,
    Tier,
)
from vouchers.bank.states import ExceptionKind
from vouchers.formats.statement import BankEntry, EntryDetail

Outcome = Proposal | ExceptionItem

_AMOUNT_EQUAL = Reason("amount_equal")
_IBAN_EQUAL = Reason("iban_equal")
_FLAGGED = Reason("entry_flagged")
_ONLY_FIT = Reason("only_fit")


def _pays(booked: BankEntry | EntryDetail, orders: Iterable[OpenOrder]) -> bool:
    ordered = ((order.signed_minor, order.currency) for order in orders)
    return pays(booked.amount_minor, booked.currency, ordered)


def days_reason(order: OpenOrder, entry: BankEntry) -> Reason:
    """Say how long the payment took."""
    return Reason("days", {"days": (entry.booking_date - order.sent_on).days})


def returned(entry: BankEntry, index: OrderIndex) -> Outcome | None:
    """Find money that came back: said by the bank, or our reference in the other direction."""
    if entry.return_reason:
        reason = Reason("returned", {"reason": entry.return_reason})
        return ExceptionItem(ExceptionKind.RETURN, entry, _concerned(entry, index), (reason,))
    order = _known(entry.end_to_end_id, index)
    if order is not None and order.signed_minor * entry.amount_minor < 0:
        reason = Reason("opposite_direction")
        return ExceptionItem(ExceptionKind.RETURN, entry, (order.id,), (reason,))
    return None


def _concerned(entry: BankEntry, index: OrderIndex) -> tuple[OrderId, ...]:
    references = [entry.end_to_end_id, *(detail.end_to_end_id for detail in entry.details)]
    found = (_known(reference, index) for reference in references)
    return tuple(dict.fromkeys(order.id for order in found if order is not None))


def _known(reference: str | None, index: OrderIndex) -> OpenOrder | None:
    if not reference:
        return None
    settled = index.settled_by_end_to_end.get(reference)
    if settled is not None:
        return settled
    return next(iter(index.by_end_to_end.get(reference, ())), None)


def by_end_to_end(entry: BankEntry, index: OrderIndex) -> Outcome | None:
    """Tier 1: reference, amount, currency and direction equal; a batch by all of its details.

    The reference of a settled order is a duplicate payment, a smaller amount is a partial one.
    """
    if len(entry.details) > 1:
        return _details_by_end_to_end(entry, index)
    reference = entry.end_to_end_id
    if not reference:
        return None
    orders = index.free_by_end_to_end(reference)
    if len(orders) > 1:
        return _several(entry, orders)
    same = Reason("end_to_end_equal", {"reference": reference})
    if not orders:
        return _duplicate(entry, index.settled_by_end_to_end.get(reference), same)
    return _one_referenced(entry, orders[0], same, index)


def _one_referenced(
    entry: BankEntry, order: OpenOrder, same: Reason, index: OrderIndex
) -> Outcome | None:
    if _pays(entry, [order]) and _reaches(entry, order):
        reasons = (same, _AMOUNT_EQUAL, days_reason(order, entry))
        return settle(Tier.END_TO_END, entry, (order.id,), 100, reasons, index)
    if order.currency == entry.currency and abs(entry.amount_minor) < order.amount_minor:
        return ExceptionItem(ExceptionKind.PARTIAL, entry, (order.id,), (same,))
    return None


def _reaches(entry: BankEntry, order: OpenOrder) -> bool:
    """Tell whether the payee is the order's: told by our own reference, or by an equal account."""
    if entry.end_to_end_id == order.end_to_end_id:
        return True
    return entry_key(entry) is not None and entry_key(entry) == order_key(order)


def _several(entry: BankEntry, orders: Iterable[OpenOrder]) -> ExceptionItem:
    ids = tuple(order.id for order in orders)
    reason = Reason("several_orders", {"count": len(ids)})
    return ExceptionItem(ExceptionKind.TWO_POSSIBLE, entry, ids, (reason,))


def _duplicate(entry: BankEntry, settled: OpenOrder | None, reason: Reason) -> ExceptionItem | None:
    if settled is None or settled.signed_minor != entry.amount_minor:
        return None
    reasons = (reason, Reason("already_settled"))
    return ExceptionItem(ExceptionKind.DUPLICATE_PAYMENT, entry, (settled.id,), reasons)


def _details_by_end_to_end(entry: BankEntry, index: OrderIndex) -> Outcome | None:
    orders: dict[OrderId, OpenOrder] = {}
    settled = [index.settled_by_end_to_end.get(d.end_to_end_id or "") for d in entry.details]
    known = [order for order in settled if order is not None]
    if len(known) == len(settled):
        ids = tuple(order.id for order in known)
        reasons: tuple[Reason, ...] = (Reason("already_settled"),)
        return ExceptionItem(ExceptionKind.DUPLICATE_PAYMENT, entry, ids, reasons)
    for detail in entry.details:
        order = _order_of(detail, index)
        if order is None or order.id in orders:
            return None
        orders[order.id] = order
    if not _pays(entry, orders.values()):
        return None
    reasons = (
        Reason("end_to_end_equal", {"reference": entry.details[0].end_to_end_id}),
        Reason("batch_sum_equal", {"count": len(orders)}),
    )
    return settle(Tier.END_TO_END, entry, tuple(orders), 100, reasons, index)


def _order_of(detail: EntryDetail, index: OrderIndex) -> OpenOrder | None:
    orders = index.free_by_end_to_end(detail.end_to_end_id)
    ours = [order for order in orders if order.end_to_end_id == detail.end_to_end_id]
    return ours[0] if len(ours) == 1 and _pays(detail, ours) else None


def settle(
    tier: Tier,
    entry: BankEntry,
    order_ids: tuple[OrderId, ...],
    score: int,
    reasons: tuple[Reason, ...],
    index: OrderIndex,
) -> Proposal:
    """Propose and take the orders out; a flagged entry never posts by itself."""
    if entry.problems:
        index.hold(order_ids)
        return Proposal(tier, False, entry, order_ids, score - 10, (*reasons, _FLAGGED))
    index.use(order_ids)
    return Proposal(tier, True, entry, order_ids, score, reasons)


def by_batch(entry: BankEntry, index: OrderIndex) -> Outcome | None:
    """Tier 2: a batch's reference, and the sum of exactly one batch, all of it still open.

    A smaller sum is a partial execution, two batches that fit are for a person.
    """
    for reference in (entry.payment_information_id, entry.message_id):
        named = index.batches.get(reference, []) if reference else []
        fitting = [batch for batch in named if _sum_fits(batch, entry, index)]
        if len(fitting) == 1:
            batch = fitting[0]
            reasons = (
                Reason("batch_reference_equal", {"reference": reference}),
                Reason("batch_sum_equal", {"count": len(batch.order_ids)}),
            )
            return settle(Tier.BATCH, entry, batch.order_ids, 98, reasons, index)
        orders = _open_orders(fitting or named, index)
        if len(fitting) > 1:
            return _several(entry, orders)
        if orders and entry.is_batch and _is_part(entry, orders):
            reason = Reason("batch_reference_equal", {"reference": reference})
            ids = tuple(order.id for order in orders)
            return ExceptionItem(ExceptionKind.PARTIAL, entry, ids, (reason,))
    return None


def _open_orders(batches: Iterable[OpenBatch], index: OrderIndex) -> list[OpenOrder]:
    ids = dict.fromkeys(order_id for batch in batches for order_id in batch.order_ids)
    return [index.free[order_id] for order_id in ids if order_id in index.free]


def _is_part(entry: BankEntry, orders: Iterable[OpenOrder]) -> bool:
    total = sum(order.signed_minor for order in orders if order.currency == entry.currency)
    return total * entry.amount_minor > 0 and abs(entry.amount_minor) < abs(total)


def _sum_fits(batch: OpenBatch, entry: BankEntry, index: OrderIndex) -> bool:
    orders = [index.free.get(order_id) for order_id in batch.order_ids]
    found = [order for order in orders if order is not None]
    if not found or len(found) != len(orders) or len(set(batch.order_ids)) != len(orders):
        return False
    told = {detail.end_to_end_id for detail in entry.details} - {None}
    if not told <= {order.end_to_end_id for order in found}:
        return False
    return _pays(entry, found)


class AmountAndAccount:
    """Tier 3: amount, account and days fit, and nothing else fits, seen from both sides.

    It is built when tiers 1 and 2 are done, over what they left.
    """

    def __init__(self, entries: Iterable[BankEntry], index: OrderIndex) -> None:
        self._index = index
        orders: dict[Key, list[OpenOrder]] = {}
        days: dict[Key, list[date]] = {}
        for order in index.free.values():
            key = order_key(order)
            if key is not None:
                orders.setdefault(key, []).append(order)
        for entry in entries:
            key = entry_key(entry)
            if key in orders:
                days.setdefault(key, []).append(entry.booking_date)
        self._days = {key: sorted(found) for key, found in days.items()}
        self._timelines = {key: Timeline(orders[key], index.rules) for key in days}

    def find(self, entry: BankEntry) -> Outcome | None:
        """Return a proposal for the only fit, an exception for several, None for none."""
        key = entry_key(entry)
        timeline = self._timelines.get(key) if key is not None else None
        if key is None or timeline is None:
            return None
        first, last = timeline.span(entry.booking_date)
        orders = timeline.orders(entry.booking_date, self._index.rules.candidates)
        if not orders:
            return None
        rivals = self._rivals(key, orders[0])
        if last - first == 1 and rivals == 1:
            return self._only(entry, orders[0])
        reason = Reason("several_orders", {"count": last - first})
        if last - first == 1:
            reason = Reason("several_entries", {"count": rivals})
        ids = tuple(order.id for order in orders)
        reasons = (_AMOUNT_EQUAL, _IBAN_EQUAL, reason)
        return ExceptionItem(ExceptionKind.TWO_POSSIBLE, entry, ids, reasons)

    def _rivals(self, key: Key, order: OpenOrder) -> int:
        """Count the entries that may settle the order."""
        rules, days = self._index.rules, self._days[key]
        earliest = order.sent_on - timedelta(days=rules.days_before)
        latest = order.sent_on + timedelta(days=rules.days_after)
        return bisect_right(days, latest) - bisect_left(days, earliest)

    def _only(self, entry: BankEntry, order: OpenOrder) -> Proposal:
        reasons: tuple[Reason, ...] = (_AMOUNT_EQUAL, _IBAN_EQUAL, days_reason(order, entry))
        reasons = (*reasons, _ONLY_FIT)
        differs = entry.end_to_end_id and order.end_to_end_id not in (None, entry.end_to_end_id)
        if differs:
            reasons = (*reasons, Reason("end_to_end_differs"))
            return Proposal(Tier.AMOUNT_AND_IBAN, False, entry, (order.id,), 80, reasons)
        return settle(Tier.AMOUNT_AND_IBAN, entry, (order.id,), 95, reasons, self._index)
