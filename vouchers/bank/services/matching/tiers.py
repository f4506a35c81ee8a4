"""Bank entries against open orders, in tiers; pure, set-based, the same answer every time.

The caller brings lines that are not matched yet (statements, never notifications: those only
explain), posts what is automatic, and gives every other item an owner.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from vouchers.bank.services.matching.exact_tiers import (
    AmountAndAccount,
    Outcome,
    by_batch,
    by_end_to_end,
    returned,
)
from vouchers.bank.services.matching.named import NamedInLine
from vouchers.bank.services.matching.order_index import OrderIndex, entry_key
from vouchers.bank.services.matching.proposals import (
    ExceptionItem,
    MatchResult,
    MatchRules,
    OpenBatch,
    OpenOrder,
    Proposal,
    Reason,
    Tier,
)
from vouchers.bank.services.matching.suggested_tiers import Suggestions
from vouchers.bank.states import ExceptionKind
from vouchers.formats.statement import BankEntry


def match(
    entries: Sequence[BankEntry],
    orders: Iterable[OpenOrder],
    batches: Iterable[OpenBatch] = (),
    *,
    settled: Iterable[OpenOrder] = (),
    rules: MatchRules | None = None,
) -> MatchResult:
    """Return one proposal or one exception for each entry.

    Earlier bookings choose first. `settled` are orders that earlier entries settled: they show
    returns and duplicate payments. An order serves at most one automatic proposal, and a
    suggestion never names an order that was used so.
    """
    index = OrderIndex(orders, batches, settled, rules or MatchRules())
    run = _Run(entries)
    run.each(lambda entry: returned(entry, index))
    run.each(lambda entry: by_end_to_end(entry, index))
    run.each(lambda entry: by_batch(entry, index), unless_exception=True)
    run.each(NamedInLine(index).find)
    third = AmountAndAccount(run.left(), index)
    run.each(third.find, unless_exception=True)
    suggestions = Suggestions(index)
    run.each(suggestions.find, before_exception=True)
    run.each(lambda entry: _left_over(entry, index))
    outcomes = run.outcomes()
    return MatchResult(
        tuple(item for item in outcomes if isinstance(item, Proposal)),
        tuple(item for item in outcomes if isinstance(item, ExceptionItem)),
        index.rules.version,
    )


class _Run:
    """Hands the entries that are left to one tier after another."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._entries = entries
        self._left = sorted(range(len(entries)), key=self._turn)
        self._found: dict[int, Outcome] = {}
        self._held: dict[int, Outcome] = {}

    def _turn(self, i: int) -> tuple[bool, date]:
        """Order by day, flagged entries last: they must not stand before a sound one."""
        return bool(self._entries[i].problems), self._entries[i].booking_date

    def left(self) -> list[BankEntry]:
        """Return the entries that no tier has answered."""
        return [self._entries[i] for i in self._left]

    def each(
        self,
        tier: Callable[[BankEntry], Outcome | None],
        *,
        unless_exception: bool = False,
        before_exception: bool = False,
    ) -> None:
        """Ask the tier about each entry left.

        `unless_exception` holds an exception back until a later tier had its turn; it stands
        unless that tier, asked with `before_exception`, finds a reference that decides.
        """
        left = []
        for i in self._left:
            outcome = tier(self._entries[i])
            if unless_exception and isinstance(outcome, ExceptionItem):
                self._held[i] = outcome
                outcome = None
            if before_exception and i in self._held and not _decides(outcome):
                outcome = self._held[i]
            if outcome is None:
                left.append(i)
            else:
                self._found[i] = outcome
        self._left = left

    def outcomes(self) -> list[Outcome]:
        """Return all outcomes in the order of the entries."""
        return [self._found[i] for i in sorted(self._found)]


def _decides(outcome: Outcome | None) -> bool:
    """Tell whether a suggestion rests on a reference; a likeness decides nothing."""
    return isinstance(outcome, Proposal) and outcome.tier is Tier.REFERENCE


def _left_over(entry: BankEntry, index: OrderIndex) -> Outcome:
    """Say what an entry is that no tier knows."""
    key = entry_key(entry)
    settled = index.settled_by_key.get(key) if key is not None else None
    if settled is not None and not entry.is_charge:
        days = abs((entry.booking_date - settled.sent_on).days)
        if days <= index.rules.days_after:
            reasons = (Reason("amount_equal"), Reason("iban_equal"), Reason("already_settled"))
            return ExceptionItem(ExceptionKind.DUPLICATE_PAYMENT, entry, (settled.id,), reasons)
    if entry.is_charge:
        return ExceptionItem(ExceptionKind.CHARGES, entry, (), (Reason("bank_charge"),))
    kind = ExceptionKind.UNKNOWN_CREDIT if entry.amount_minor > 0 else ExceptionKind.UNKNOWN_DEBIT
    return ExceptionItem(kind, entry, (), (Reason("nothing_fits"),))
