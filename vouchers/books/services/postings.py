"""The posting table: which event debits and credits what. This is the whole of the accounting.

The budget book (9xxx) and the actual book are entries of their own, each balanced by itself.
Terms follow IPSAS: delivery is the accrual; a commitment is an encumbrance until it is consumed.
"""

from dataclasses import dataclass

from vouchers.books.states import Account, PostingEvent

__all__ = ["POSTINGS", "UNDONE_BY", "Entry", "Leg", "PostingEvent"]


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


def _mirrored(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(tuple(Leg(leg.credit, leg.debit) for leg in entry) for entry in entries)


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
    PostingEvent.PAID_TWICE: _one(Account.PROVIDER_RECEIVABLE, Account.BANK),
    PostingEvent.INTEREST_RECEIVED: _one(Account.BANK, Account.INTEREST),
    PostingEvent.RECEIVED_FOR_OTHERS: _one(Account.BANK, Account.HELD_FOR_OTHERS),
    PostingEvent.PAID_FOR_OTHERS: _one(Account.HELD_FOR_OTHERS, Account.BANK),
    PostingEvent.LINE_WRITTEN_OFF: _one(Account.WRITTEN_OFF, Account.BANK),
}

UNDONE_BY: dict[PostingEvent, PostingEvent] = {
    PostingEvent.GRANT_RECEIVED: PostingEvent.GRANT_UNDONE,
    PostingEvent.RETURNED_OPEN: PostingEvent.RETURNED_OPEN_UNDONE,
    PostingEvent.RETURNED_CLAWED: PostingEvent.RETURNED_CLAWED_UNDONE,
    PostingEvent.RETURN_CHARGES: PostingEvent.RETURN_CHARGES_UNDONE,
    PostingEvent.RETURN_CHARGES_CLAWED: PostingEvent.RETURN_CHARGES_CLAWED_UNDONE,
    PostingEvent.REPAID: PostingEvent.REPAID_UNDONE,
    PostingEvent.BANK_FEE: PostingEvent.BANK_FEE_UNDONE,
    PostingEvent.STRIPE_TOPPED_UP: PostingEvent.STRIPE_TOPPED_UP_UNDONE,
    PostingEvent.STRIPE_DRAWN: PostingEvent.STRIPE_DRAWN_UNDONE,
    PostingEvent.PAID_TWICE: PostingEvent.PAID_TWICE_UNDONE,
    PostingEvent.INTEREST_RECEIVED: PostingEvent.INTEREST_UNDONE,
    PostingEvent.RECEIVED_FOR_OTHERS: PostingEvent.RECEIVED_FOR_OTHERS_UNDONE,
    PostingEvent.PAID_FOR_OTHERS: PostingEvent.PAID_FOR_OTHERS_UNDONE,
    PostingEvent.LINE_WRITTEN_OFF: PostingEvent.LINE_WRITTEN_OFF_UNDONE,
}
"""What a line of the bank posted, and the event that takes exactly that back."""

POSTINGS |= {undone: _mirrored(POSTINGS[event]) for event, undone in UNDONE_BY.items()}
