"""The posting table: which event debits and credits what. This is the whole of the accounting.

The budget book (9xxx) and the actual book are entries of their own, each balanced by itself.
Terms follow IPSAS: delivery is the accrual; a commitment is an encumbrance until it is consumed.
"""

from dataclasses import dataclass
from enum import StrEnum

from vouchers.states import Account as A


class PostingEvent(StrEnum):
    """Everything that posts."""

    GRANT_RECEIVED = "grant_received"
    ALLOCATED = "allocated"
    REDUCED = "reduced"
    MOVED = "moved"
    ISSUED = "issued"
    REPLACED = "replaced"
    REDEEMED = "redeemed"
    REMAINDER_RELEASED = "remainder_released"
    PAYMENT_RELEASED = "payment_released"
    SETTLED_BY_BANK = "settled_by_bank"
    SETTLED_BY_STRIPE = "settled_by_stripe"
    PAYMENT_FAILED = "payment_failed"
    RETURNED_OPEN = "returned_open"
    RETURNED_CLAWED = "returned_clawed"
    RETURN_CHARGES = "return_charges"
    REVERSED = "reversed"
    REVERSED_CLOSED = "reversed_closed"
    CLAWED_BACK = "clawed_back"
    REPAID = "repaid"
    OFFSET = "offset"
    ADVANCE_PAID = "advance_paid"
    ADVANCE_LIQUIDATED = "advance_liquidated"
    BANK_FEE = "bank_fee"
    EXCHANGED_OUT = "exchanged_out"
    EXCHANGED_IN = "exchanged_in"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_GAIN = "exchange_gain"


@dataclass(frozen=True, slots=True)
class Leg:
    """One debit and one credit of the same amount."""

    debit: A
    credit: A


Entry = tuple[Leg, ...]

_RECOGNISED: Entry = (
    Leg(A.ASSISTANCE_DELIVERED, A.PROVIDER_PAYABLE),
    Leg(A.DEFERRED_CONTRIBUTIONS, A.GRANT_REVENUE),
)
_UNRECOGNISED: Entry = (
    Leg(A.PROVIDER_PAYABLE, A.ASSISTANCE_DELIVERED),
    Leg(A.GRANT_REVENUE, A.DEFERRED_CONTRIBUTIONS),
)
_CLAWED: Entry = (
    Leg(A.PROVIDER_RECEIVABLE, A.ASSISTANCE_DELIVERED),
    Leg(A.GRANT_REVENUE, A.DEFERRED_CONTRIBUTIONS),
)


def _one(debit: A, credit: A) -> tuple[Entry, ...]:
    return ((Leg(debit, credit),),)


POSTINGS: dict[PostingEvent, tuple[Entry, ...]] = {
    PostingEvent.GRANT_RECEIVED: _one(A.BANK, A.DEFERRED_CONTRIBUTIONS),
    PostingEvent.ALLOCATED: _one(A.BUDGET_CONTROL, A.BUDGET_AVAILABLE),
    PostingEvent.REDUCED: _one(A.BUDGET_AVAILABLE, A.BUDGET_CONTROL),
    PostingEvent.MOVED: _one(A.BUDGET_AVAILABLE, A.BUDGET_AVAILABLE),
    PostingEvent.ISSUED: _one(A.BUDGET_AVAILABLE, A.BUDGET_ENCUMBERED),
    PostingEvent.REPLACED: _one(A.BUDGET_ENCUMBERED, A.BUDGET_ENCUMBERED),
    PostingEvent.REDEEMED: ((Leg(A.BUDGET_ENCUMBERED, A.BUDGET_CONSUMED),), _RECOGNISED),
    PostingEvent.REMAINDER_RELEASED: _one(A.BUDGET_ENCUMBERED, A.BUDGET_AVAILABLE),
    PostingEvent.PAYMENT_RELEASED: _one(A.PROVIDER_PAYABLE, A.PAYMENTS_IN_TRANSIT),
    PostingEvent.SETTLED_BY_BANK: _one(A.PAYMENTS_IN_TRANSIT, A.BANK),
    PostingEvent.SETTLED_BY_STRIPE: _one(A.PAYMENTS_IN_TRANSIT, A.STRIPE_BALANCE),
    PostingEvent.PAYMENT_FAILED: _one(A.PAYMENTS_IN_TRANSIT, A.PROVIDER_PAYABLE),
    PostingEvent.RETURNED_OPEN: _one(A.BANK, A.PROVIDER_PAYABLE),
    PostingEvent.RETURNED_CLAWED: _one(A.BANK, A.PROVIDER_RECEIVABLE),
    PostingEvent.RETURN_CHARGES: _one(A.CHARGES, A.PROVIDER_PAYABLE),
    PostingEvent.REVERSED: ((Leg(A.BUDGET_CONSUMED, A.BUDGET_ENCUMBERED),), _UNRECOGNISED),
    PostingEvent.REVERSED_CLOSED: ((Leg(A.BUDGET_CONSUMED, A.BUDGET_AVAILABLE),), _UNRECOGNISED),
    PostingEvent.CLAWED_BACK: ((Leg(A.BUDGET_CONSUMED, A.BUDGET_AVAILABLE),), _CLAWED),
    PostingEvent.REPAID: _one(A.BANK, A.PROVIDER_RECEIVABLE),
    PostingEvent.OFFSET: _one(A.PROVIDER_PAYABLE, A.PROVIDER_RECEIVABLE),
    PostingEvent.ADVANCE_PAID: _one(A.ADVANCES_TO_PROVIDERS, A.PAYMENTS_IN_TRANSIT),
    PostingEvent.ADVANCE_LIQUIDATED: _one(A.PROVIDER_PAYABLE, A.ADVANCES_TO_PROVIDERS),
    PostingEvent.BANK_FEE: _one(A.CHARGES, A.BANK),
    PostingEvent.EXCHANGED_OUT: _one(A.FX_POSITION, A.BANK),
    PostingEvent.EXCHANGED_IN: _one(A.BANK, A.FX_POSITION),
    PostingEvent.EXCHANGE_LOSS: _one(A.REALISED_FX, A.FX_POSITION),
    PostingEvent.EXCHANGE_GAIN: _one(A.FX_POSITION, A.REALISED_FX),
}
