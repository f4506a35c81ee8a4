"""The tiers that only suggest: a reference beside another payee, a likeness of name or amount."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from rapidfuzz import fuzz

from vouchers.bank.services.matching.exact_tiers import Outcome, days_reason
from vouchers.bank.services.matching.named import by_token, tokens
from vouchers.bank.services.matching.order_index import OrderIndex, Timeline, in_window
from vouchers.bank.services.matching.proposals import (
    ExceptionItem,
    OpenOrder,
    Proposal,
    Reason,
    Tier,
)
from vouchers.bank.states import ExceptionKind
from vouchers.formats.amounts import spelled
from vouchers.formats.charset import latin
from vouchers.formats.iban import compact
from vouchers.formats.statement import BankEntry

_Account = tuple[str, str, bool]


class Suggestions:
    """Finds what a person may choose; built over the orders that are still open."""

    def __init__(self, index: OrderIndex) -> None:
        self._rules = index.rules
        self._by_reference = by_token(index.free.values())
        amounts: dict[tuple[int, str], list[OpenOrder]] = {}
        accounts: dict[_Account, list[OpenOrder]] = {}
        for order in index.free.values():
            amounts.setdefault((order.signed_minor, order.currency), []).append(order)
            iban = compact(order.counterparty_iban)
            if iban:
                accounts.setdefault((iban, order.currency, order.incoming), []).append(order)
        self._by_amount = {key: Timeline(found, self._rules) for key, found in amounts.items()}
        self._names: dict[str, str] = {}
        self._by_account = {
            key: sorted(found, key=lambda order: order.amount_minor)
            for key, found in accounts.items()
        }

    def find(self, entry: BankEntry) -> Outcome | None:
        """Return the best suggestion, an exception where two are equally good, or None."""
        return self._by_text(entry) or self._by_likeness(entry)

    def _by_text(self, entry: BankEntry) -> Outcome | None:
        """Tier 4."""
        found: dict[object, tuple[OpenOrder, str]] = {}
        for token in tokens(f"{entry.remittance} {entry.end_to_end_id or ''}"):
            for order in self._by_reference.get(token, ()):
                if order.currency == entry.currency and order.signed_minor * entry.amount_minor > 0:
                    found.setdefault(order.id, (order, token))
        if not found:
            return None
        if len(found) > 1:
            return self._several_referenced(entry, [order for order, _ in found.values()])
        order, token = next(iter(found.values()))
        reasons = [Reason("reference_found", {"reference": order.reference or token})]
        if order.signed_minor == entry.amount_minor:
            return self._suggest(
                Tier.REFERENCE, entry, order, 85, [Reason("amount_equal"), *reasons]
            )
        reasons += _difference(entry, order)
        if abs(entry.amount_minor) < order.amount_minor:
            return ExceptionItem(ExceptionKind.PARTIAL, entry, (order.id,), tuple(reasons))
        return self._suggest(Tier.REFERENCE, entry, order, 60, reasons)

    def _several_referenced(self, entry: BankEntry, orders: list[OpenOrder]) -> Outcome:
        """Suggest them all where they add up to the entry: one transfer for several orders."""
        ids = tuple(order.id for order in orders)
        if sum(order.signed_minor for order in orders) == entry.amount_minor:
            sums = Reason("batch_sum_equal", {"count": len(ids)})
            named = tuple(
                Reason("reference_found", {"reference": order.reference or order.end_to_end_id})
                for order in orders
            )
            return Proposal(Tier.REFERENCE, False, entry, ids, 80, (sums, *named))
        reason = Reason("several_orders", {"count": len(ids)})
        return ExceptionItem(ExceptionKind.TWO_POSSIBLE, entry, ids, (reason,))

    def _by_likeness(self, entry: BankEntry) -> Outcome | None:
        """Tier 5: equal amount and a like name, or the account with nearly the amount."""
        scored = sorted(
            [*self._like_names(entry), *self._near_amounts(entry)], key=lambda item: -item[0]
        )
        if not scored:
            return None
        score, order, reasons = scored[0]
        rivals = {o.id: o for s, o, _ in scored if s == score}
        if len(rivals) > 1:
            ids = tuple(rivals)
            reason = Reason("several_orders", {"count": len(ids)})
            return ExceptionItem(ExceptionKind.TWO_POSSIBLE, entry, ids, (*reasons, reason))
        return self._suggest(Tier.LIKENESS, entry, order, score, reasons)

    def _like_names(self, entry: BankEntry) -> Iterator[tuple[int, OpenOrder, list[Reason]]]:
        timeline = self._by_amount.get((entry.amount_minor, entry.currency))
        if timeline is None or not entry.counterparty_name:
            return
        name = self._plain(entry.counterparty_name)
        for order in timeline.orders(entry.booking_date, self._rules.candidates):
            if not order.counterparty_name:
                continue
            alike = int(fuzz.token_sort_ratio(name, self._plain(order.counterparty_name)))
            if alike >= self._rules.name_alike:
                reasons = [Reason("amount_equal"), Reason("name_alike", {"percent": alike})]
                yield alike // 2 + 20, order, reasons

    def _near_amounts(self, entry: BankEntry) -> Iterator[tuple[int, OpenOrder, list[Reason]]]:
        key = (entry.counterparty_iban or "", entry.currency, entry.amount_minor > 0)
        orders = self._by_account.get(key)
        if not orders:
            return
        amount = abs(entry.amount_minor)
        room = max(amount * self._rules.tolerance_permille // 1000, entry.charges_minor)
        first = bisect_left(orders, amount - room, key=lambda order: order.amount_minor)
        last = bisect_right(orders, amount + room, key=lambda order: order.amount_minor)
        # Of many orders the nearest amounts, so that one entry never walks through all of them.
        middle = bisect_left(orders, amount, key=lambda order: order.amount_minor)
        half = self._rules.candidates // 2
        for order in orders[max(first, middle - half) : min(last, middle + half)]:
            off = abs(order.amount_minor - amount)
            reasons = [Reason("iban_equal"), *_difference(entry, order)]
            yield 65 - (off * 20 // room if room else 0), order, reasons

    def _plain(self, name: str) -> str:
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = latin(name).lower()
        return found

    def _suggest(
        self, tier: Tier, entry: BankEntry, order: OpenOrder, score: int, reasons: list[Reason]
    ) -> Proposal:
        reasons = [*reasons, days_reason(order, entry)]
        if not in_window(order, entry.booking_date, self._rules):
            reasons.append(Reason("outside_window"))
            score -= 10
        if not entry.end_to_end_id:
            reasons.append(Reason("end_to_end_missing"))
        elif entry.end_to_end_id != order.end_to_end_id:
            reasons.append(Reason("end_to_end_differs"))
        if entry.problems:
            reasons.append(Reason("entry_flagged"))
        return Proposal(tier, False, entry, (order.id,), max(score, 1), tuple(reasons))


def _difference(entry: BankEntry, order: OpenOrder) -> list[Reason]:
    off = abs(entry.amount_minor) - order.amount_minor
    if not off:
        return [Reason("amount_equal")]
    reasons = [Reason("amount_off", {"difference": spelled(off, entry.currency)})]
    if abs(off) == entry.charges_minor:
        reasons.append(Reason("charges_explain"))
    return reasons
