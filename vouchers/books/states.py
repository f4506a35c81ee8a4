"""The chart of accounts, and everything that posts."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Account(Worded):
    """The chart of accounts; 9xxx is the budget book."""

    BANK = "1110", N_("Bank")
    STRIPE_BALANCE = "1120", N_("Stripe balance")
    PROVIDER_RECEIVABLE = "1300", N_("Provider receivable")
    ADVANCES_TO_PROVIDERS = "1310", N_("Advances to providers")
    FX_POSITION = "1900", N_("Currency position")
    PROVIDER_PAYABLE = "2100", N_("Provider payable")
    PAYMENTS_IN_TRANSIT = "2200", N_("Payments in transit")
    DEFERRED_CONTRIBUTIONS = "2300", N_("Deferred contributions")
    GRANT_REVENUE = "4100", N_("Grant revenue")
    ASSISTANCE_DELIVERED = "5100", N_("Assistance delivered")
    CHARGES = "6100", N_("Charges")
    REALISED_FX = "7100", N_("Exchange differences")
    BUDGET_CONTROL = "9000", N_("Budget control")
    BUDGET_AVAILABLE = "9100", N_("Budget available")
    BUDGET_ENCUMBERED = "9200", N_("Budget committed")
    BUDGET_CONSUMED = "9300", N_("Budget used")


class PostingEvent(Worded):
    """Everything that posts."""

    GRANT_RECEIVED = "grant_received", N_("Grant received")
    ALLOCATED = "allocated", N_("Allocated")
    REDUCED = "reduced", N_("Allocation reduced")
    MOVED = "moved", N_("Moved between lines")
    ISSUED = "issued", N_("Voucher issued")
    REPLACED = "replaced", N_("Voucher replaced")
    REDEEMED = "redeemed", N_("Delivered")
    REMAINDER_RELEASED = "remainder_released", N_("Remainder released")
    PAYMENT_RELEASED = "payment_released", N_("Payment released")
    SETTLED_BY_BANK = "settled_by_bank", N_("Paid by the bank")
    SETTLED_BY_STRIPE = "settled_by_stripe", N_("Paid by Stripe")
    UNSETTLED = "unsettled", N_("Match with the bank undone")
    PAYMENT_FAILED = "payment_failed", N_("Payment failed")
    RETURNED_OPEN = "returned_open", N_("Payment returned")
    RETURNED_CLAWED = "returned_clawed", N_("Payment returned, taken back before")
    RETURN_CHARGES = "return_charges", N_("Charges of a return")
    RETURN_CHARGES_CLAWED = "return_charges_clawed", N_("Charges of a return, taken back before")
    REVERSED = "reversed", N_("Delivery reversed")
    REVERSED_CLOSED = "reversed_closed", N_("Delivery reversed, voucher closed")
    CLAWED_BACK = "clawed_back", N_("Taken back after payment")
    REPAID = "repaid", N_("Repaid by the provider")
    OFFSET = "offset", N_("Set off against what is owed")
    OFFSET_UNDONE = "offset_undone", N_("Setting off undone")
    ADVANCE_PAID = "advance_paid", N_("Advance paid")
    ADVANCE_LIQUIDATED = "advance_liquidated", N_("Advance used up")
    BANK_FEE = "bank_fee", N_("Bank fee")
    EXCHANGED_OUT = "exchanged_out", N_("Exchanged, paid out")
    EXCHANGED_IN = "exchanged_in", N_("Exchanged, received")
    EXCHANGE_LOSS = "exchange_loss", N_("Exchange loss")
    EXCHANGE_GAIN = "exchange_gain", N_("Exchange gain")


class SourceType(Worded):
    """What an entry was posted for."""

    BANK_ACCOUNT = "bank_account", N_("Bank account")
    BANK_LINE = "bank_line", N_("Line of a bank statement")
    BUDGET_LINE = "budget_line", N_("Budget line")
    PAYMENT_ORDER = "payment_order", N_("Payment order")
    REDEMPTION = "redemption", N_("Delivery")
    VOUCHER = "voucher", N_("Voucher")
