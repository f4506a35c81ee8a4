"""The posting table: which event debits and credits what. This is the whole of the accounting.

The budget book (9xxx) and the actual book are entries of their own, each balanced by itself.
Terms follow IPSAS: delivery is the accrual; a commitment is an encumbrance until it is consumed.
"""

from dataclasses import dataclass

from vouchers.books.states import Account, PostingEvent

__all__ = ["POSTINGS", "Entry", "Leg", "PostingEvent"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One debit and one credit of the same amount."""

    debit: Account
    credit: Account


Entry = tuple[Leg, ...]

_RECOGNISED: Entry = (
    Leg(Account.ASSISTANCE_DELIVERED, Account.PROVIDER_PAYABLE),
    Leg(Account.DEFERRED_CONTRIBUTIONS, Account.GRANT_REVENUE),
)
_UNRECOGNISED: Entry = (
    Leg(Account.PROVIDER_PAYABLE, Account.ASSISTANCE_DELIVERED),
    Leg(Account.GRANT_REVENUE, Account.DEFERRED_CONTRIBUTIONS),
)
_CLAWED: Entry = (
    Leg(Account.PROVIDER_RECEIVABLE, Account.ASSISTANCE_DELIVERED),
    Leg(Account.GRANT_REVENUE, Account.DEFERRED_CONTRIBUTIONS),
)


def _one(debit: Account, credit: Account) -> tuple[Entry, ...]:
    return ((Leg(debit, credit),),)


POSTINGS: dict[PostingEvent, tuple[Entry, ...]] = {
    PostingEvent.GRANT_RECEIVED: _one(Account.BANK, Account.DEFERRED_CONTRIBUTIONS),
    PostingEvent.ALLOCATED: _one(Account.BUDGET_CONTROL, Account.BUDGET_AVAILABLE),
    PostingEvent.REDUCED: _one(Account.BUDGET_AVAILABLE, Account.BUDGET_CONTROL),
    PostingEvent.MOVED: _one(Account.BUDGET_AVAILABLE, Account.BUDGET_AVAILABLE),
    PostingEvent.ISSUED: _one(Account.BUDGET_AVAILABLE, Account.BUDGET_ENCUMBERED),
    PostingEvent.REPLACED: _one(Account.BUDGET_ENCUMBERED, Account.BUDGET_ENCUMBERED),
    PostingEvent.REDEEMED: (
        (Leg(Account.BUDGET_ENCUMBERED, Account.BUDGET_CONSUMED),),
        _RECOGNISED,
    ),
    PostingEvent.REMAINDER_RELEASED: _one(Account.BUDGET_ENCUMBERED, Account.BUDGET_AVAILABLE),
    PostingEvent.PAYMENT_RELEASED: _one(Account.PROVIDER_PAYABLE, Account.PAYMENTS_IN_TRANSIT),
    PostingEvent.SETTLED_BY_BANK: _one(Account.PAYMENTS_IN_TRANSIT, Account.BANK),
    PostingEvent.SETTLED_BY_STRIPE: _one(Account.PAYMENTS_IN_TRANSIT, Account.STRIPE_BALANCE),
    PostingEvent.UNSETTLED: _one(Account.BANK, Account.PAYMENTS_IN_TRANSIT),
    PostingEvent.UNSETTLED_STRIPE: _one(Account.STRIPE_BALANCE, Account.PAYMENTS_IN_TRANSIT),
    PostingEvent.PAYMENT_FAILED: _one(Account.PAYMENTS_IN_TRANSIT, Account.PROVIDER_PAYABLE),
    PostingEvent.RETURNED_OPEN: _one(Account.BANK, Account.PROVIDER_PAYABLE),
    PostingEvent.RETURNED_CLAWED: _one(Account.BANK, Account.PROVIDER_RECEIVABLE),
    PostingEvent.RETURNED_OPEN_STRIPE: _one(Account.STRIPE_BALANCE, Account.PROVIDER_PAYABLE),
    PostingEvent.RETURNED_CLAWED_STRIPE: _one(Account.STRIPE_BALANCE, Account.PROVIDER_RECEIVABLE),
    PostingEvent.RETURN_CHARGES: _one(Account.CHARGES, Account.PROVIDER_PAYABLE),
    PostingEvent.RETURN_CHARGES_CLAWED: _one(Account.CHARGES, Account.PROVIDER_RECEIVABLE),
    PostingEvent.REVERSED: (
        (Leg(Account.BUDGET_CONSUMED, Account.BUDGET_ENCUMBERED),),
        _UNRECOGNISED,
    ),
    PostingEvent.REVERSED_CLOSED: (
        (Leg(Account.BUDGET_CONSUMED, Account.BUDGET_AVAILABLE),),
        _UNRECOGNISED,
    ),
    PostingEvent.CLAWED_BACK: ((Leg(Account.BUDGET_CONSUMED, Account.BUDGET_AVAILABLE),), _CLAWED),
    PostingEvent.REPAID: _one(Account.BANK, Account.PROVIDER_RECEIVABLE),
    PostingEvent.REPAID_STRIPE: _one(Account.STRIPE_BALANCE, Account.PROVIDER_RECEIVABLE),
    PostingEvent.OFFSET: _one(Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE),
    PostingEvent.OFFSET_UNDONE: _one(Account.PROVIDER_RECEIVABLE, Account.PROVIDER_PAYABLE),
    PostingEvent.ADVANCE_PAID: _one(Account.ADVANCES_TO_PROVIDERS, Account.PAYMENTS_IN_TRANSIT),
    PostingEvent.ADVANCE_LIQUIDATED: _one(Account.PROVIDER_PAYABLE, Account.ADVANCES_TO_PROVIDERS),
    PostingEvent.BANK_FEE: _one(Account.CHARGES, Account.BANK),
    PostingEvent.STRIPE_FEE: _one(Account.CHARGES, Account.STRIPE_BALANCE),
    PostingEvent.STRIPE_FEE_BACK: _one(Account.STRIPE_BALANCE, Account.CHARGES),
    PostingEvent.STRIPE_TOPPED_UP: _one(Account.STRIPE_BALANCE, Account.BANK),
    PostingEvent.STRIPE_DRAWN: _one(Account.BANK, Account.STRIPE_BALANCE),
    PostingEvent.EXCHANGED_OUT: _one(Account.FX_POSITION, Account.BANK),
    PostingEvent.EXCHANGED_IN: _one(Account.BANK, Account.FX_POSITION),
    PostingEvent.EXCHANGE_LOSS: _one(Account.REALISED_FX, Account.FX_POSITION),
    PostingEvent.EXCHANGE_GAIN: _one(Account.FX_POSITION, Account.REALISED_FX),
    PostingEvent.OPENING_BANK: _one(Account.BANK, Account.OPENING),
    PostingEvent.OPENING_FUND: _one(Account.OPENING, Account.DEFERRED_CONTRIBUTIONS),
    PostingEvent.OPENING_BANK_UNDONE: _one(Account.OPENING, Account.BANK),
    PostingEvent.OPENING_FUND_UNDONE: _one(Account.DEFERRED_CONTRIBUTIONS, Account.OPENING),
}
