"""The chart of accounts, and everything that posts."""

from enum import StrEnum

from reintegration.kernel.errors import N_


class Account(StrEnum):
    """The chart of accounts; 9xxx is the budget book."""

    BANK = "1110"
    STRIPE_BALANCE = "1120"
    PROVIDER_RECEIVABLE = "1300"
    ADVANCES_TO_PROVIDERS = "1310"
    FX_POSITION = "1900"
    PROVIDER_PAYABLE = "2100"
    PAYMENTS_IN_TRANSIT = "2200"
    DEFERRED_CONTRIBUTIONS = "2300"
    GRANT_REVENUE = "4100"
    ASSISTANCE_DELIVERED = "5100"
    CHARGES = "6100"
    REALISED_FX = "7100"
    BUDGET_CONTROL = "9000"
    BUDGET_AVAILABLE = "9100"
    BUDGET_ENCUMBERED = "9200"
    BUDGET_CONSUMED = "9300"


ACCOUNT_LABELS: dict[str, str] = {
    Account.BANK.value: N_("Bank"),
    Account.STRIPE_BALANCE.value: N_("Stripe balance"),
    Account.PROVIDER_RECEIVABLE.value: N_("Provider receivable"),
    Account.ADVANCES_TO_PROVIDERS.value: N_("Advances to providers"),
    Account.FX_POSITION.value: N_("Currency position"),
    Account.PROVIDER_PAYABLE.value: N_("Provider payable"),
    Account.PAYMENTS_IN_TRANSIT.value: N_("Payments in transit"),
    Account.DEFERRED_CONTRIBUTIONS.value: N_("Deferred contributions"),
    Account.GRANT_REVENUE.value: N_("Grant revenue"),
    Account.ASSISTANCE_DELIVERED.value: N_("Assistance delivered"),
    Account.CHARGES.value: N_("Charges"),
    Account.REALISED_FX.value: N_("Exchange differences"),
    Account.BUDGET_CONTROL.value: N_("Budget control"),
    Account.BUDGET_AVAILABLE.value: N_("Budget available"),
    Account.BUDGET_ENCUMBERED.value: N_("Budget committed"),
    Account.BUDGET_CONSUMED.value: N_("Budget used"),
}


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
    UNSETTLED = "unsettled"
    PAYMENT_FAILED = "payment_failed"
    RETURNED_OPEN = "returned_open"
    RETURNED_CLAWED = "returned_clawed"
    RETURN_CHARGES = "return_charges"
    RETURN_CHARGES_CLAWED = "return_charges_clawed"
    REVERSED = "reversed"
    REVERSED_CLOSED = "reversed_closed"
    CLAWED_BACK = "clawed_back"
    REPAID = "repaid"
    OFFSET = "offset"
    OFFSET_UNDONE = "offset_undone"
    ADVANCE_PAID = "advance_paid"
    ADVANCE_LIQUIDATED = "advance_liquidated"
    BANK_FEE = "bank_fee"
    EXCHANGED_OUT = "exchanged_out"
    EXCHANGED_IN = "exchanged_in"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_GAIN = "exchange_gain"


EVENT_LABELS: dict[str, str] = {
    PostingEvent.GRANT_RECEIVED.value: N_("Grant received"),
    PostingEvent.ALLOCATED.value: N_("Allocated"),
    PostingEvent.REDUCED.value: N_("Allocation reduced"),
    PostingEvent.MOVED.value: N_("Moved between lines"),
    PostingEvent.ISSUED.value: N_("Voucher issued"),
    PostingEvent.REPLACED.value: N_("Voucher replaced"),
    PostingEvent.REDEEMED.value: N_("Delivered"),
    PostingEvent.REMAINDER_RELEASED.value: N_("Remainder released"),
    PostingEvent.PAYMENT_RELEASED.value: N_("Payment released"),
    PostingEvent.SETTLED_BY_BANK.value: N_("Paid by the bank"),
    PostingEvent.SETTLED_BY_STRIPE.value: N_("Paid by Stripe"),
    PostingEvent.UNSETTLED.value: N_("Match with the bank undone"),
    PostingEvent.PAYMENT_FAILED.value: N_("Payment failed"),
    PostingEvent.RETURNED_OPEN.value: N_("Payment returned"),
    PostingEvent.RETURNED_CLAWED.value: N_("Payment returned, taken back before"),
    PostingEvent.RETURN_CHARGES.value: N_("Charges of a return"),
    PostingEvent.RETURN_CHARGES_CLAWED.value: N_("Charges of a return, taken back before"),
    PostingEvent.REVERSED.value: N_("Delivery reversed"),
    PostingEvent.REVERSED_CLOSED.value: N_("Delivery reversed, voucher closed"),
    PostingEvent.CLAWED_BACK.value: N_("Taken back after payment"),
    PostingEvent.REPAID.value: N_("Repaid by the provider"),
    PostingEvent.OFFSET.value: N_("Set off against what is owed"),
    PostingEvent.OFFSET_UNDONE.value: N_("Setting off undone"),
    PostingEvent.ADVANCE_PAID.value: N_("Advance paid"),
    PostingEvent.ADVANCE_LIQUIDATED.value: N_("Advance used up"),
    PostingEvent.BANK_FEE.value: N_("Bank fee"),
    PostingEvent.EXCHANGED_OUT.value: N_("Exchanged, paid out"),
    PostingEvent.EXCHANGED_IN.value: N_("Exchanged, received"),
    PostingEvent.EXCHANGE_LOSS.value: N_("Exchange loss"),
    PostingEvent.EXCHANGE_GAIN.value: N_("Exchange gain"),
}


SOURCE_LABELS: dict[str, str] = {
    "bank_account": N_("Bank account"),
    "bank_line": N_("Line of a bank statement"),
    "budget_line": N_("Budget line"),
    "fund": N_("Fund"),
    "payment_order": N_("Payment order"),
    "provider": N_("Provider"),
    "redemption": N_("Delivery"),
    "voucher": N_("Voucher"),
}
"""What an entry was posted for."""
