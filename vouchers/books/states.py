"""The chart of accounts, and everything that posts."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Numbered, Worded

LONGEST_CODE, LONGEST_NAME = 20, 120
"""How many letters the code of a fund or line has at most, and a name or donor."""


class Account(Numbered):
    """The chart of accounts; 9xxx is the budget book."""

    BANK = "1110", N_("Bank")
    STRIPE_BALANCE = "1120", N_("Stripe balance")
    PROVIDER_RECEIVABLE = "1300", N_("Provider receivable")
    ADVANCES_TO_PROVIDERS = "1310", N_("Advances to providers")
    FX_POSITION = "1900", N_("Currency position")
    PROVIDER_PAYABLE = "2100", N_("Provider payable")
    HELD_FOR_OTHERS = "2190", N_("Held for others")
    PAYMENTS_IN_TRANSIT = "2200", N_("Payments in transit")
    DEFERRED_CONTRIBUTIONS = "2300", N_("Deferred contributions")
    OPENING = "3000", N_("Opening")
    GRANT_REVENUE = "4100", N_("Grant revenue")
    INTEREST = "4200", N_("Interest")
    ASSISTANCE_DELIVERED = "5100", N_("Assistance delivered")
    CHARGES = "6100", N_("Charges")
    WRITTEN_OFF = "6200", N_("Written off")
    REALISED_FX = "7100", N_("Exchange differences")
    BUDGET_CONTROL = "9000", N_("Budget control")
    BUDGET_AVAILABLE = "9100", N_("Budget available")
    BUDGET_ENCUMBERED = "9200", N_("Budget committed")
    BUDGET_CONSUMED = "9300", N_("Budget used")


class PostingEvent(Worded):
    """Everything that posts."""

    GRANT_RECEIVED = N_("Grant received")
    ALLOCATED = N_("Allocated")
    REDUCED = N_("Allocation reduced")
    MOVED = N_("Moved between lines")
    ISSUED = N_("Voucher issued")
    REPLACED = N_("Voucher replaced")
    REDEEMED = N_("Delivered")
    REMAINDER_RELEASED = N_("Remainder released")
    PAYMENT_RELEASED = N_("Payment released")
    SETTLED_BY_BANK = N_("Paid by the bank")
    SETTLED_BY_STRIPE = N_("Paid by Stripe")
    UNSETTLED = N_("Match with the bank undone")
    UNSETTLED_STRIPE = N_("Payment by Stripe undone")
    PAYMENT_FAILED = N_("Payment failed")
    RETURNED_OPEN = N_("Payment returned")
    RETURNED_CLAWED = N_("Payment returned, taken back before")
    RETURNED_OPEN_STRIPE = N_("Payment returned by Stripe")
    RETURNED_CLAWED_STRIPE = N_("Payment returned by Stripe, taken back before")
    RETURN_CHARGES = N_("Charges of a return")
    RETURN_CHARGES_CLAWED = N_("Charges of a return, taken back before")
    REVERSED = N_("Delivery reversed")
    REVERSED_CLOSED = N_("Delivery reversed, voucher closed")
    CLAWED_BACK = N_("Taken back after payment")
    REPAID = N_("Repaid by the provider")
    REPAID_STRIPE = N_("Taken back through Stripe")
    OFFSET = N_("Set off against what is owed")
    OFFSET_UNDONE = N_("Setting off undone")
    ADVANCE_PAID = N_("Advance paid")
    ADVANCE_LIQUIDATED = N_("Advance used up")
    BANK_FEE = N_("Bank fee")
    STRIPE_FEE = N_("Stripe fee")
    STRIPE_FEE_BACK = N_("Stripe fee given back")
    STRIPE_TOPPED_UP = N_("Stripe balance topped up")
    STRIPE_DRAWN = N_("Drawn from the Stripe balance")
    EXCHANGED_OUT = N_("Exchanged, paid out")
    EXCHANGED_IN = N_("Exchanged, received")
    EXCHANGE_LOSS = N_("Exchange loss")
    EXCHANGE_GAIN = N_("Exchange gain")
    OPENING_BANK = N_("Held at the bank when the books began")
    OPENING_FUND = N_("Left of a grant when the books began")
    OPENING_BANK_UNDONE = N_("Opening balance of the bank taken back")
    OPENING_FUND_UNDONE = N_("Opening balance of a grant taken back")
    GRANT_UNDONE = N_("Recording of a grant undone")
    RETURNED_OPEN_UNDONE = N_("Return of a payment undone")
    RETURNED_CLAWED_UNDONE = N_("Return of a payment undone, taken back before")
    RETURN_CHARGES_UNDONE = N_("Charges of a return undone")
    RETURN_CHARGES_CLAWED_UNDONE = N_("Charges of a return undone, taken back before")
    REPAID_UNDONE = N_("Recording of a repayment undone")
    BANK_FEE_UNDONE = N_("Bank fee undone")
    STRIPE_TOPPED_UP_UNDONE = N_("Topping up of the Stripe balance undone")
    STRIPE_DRAWN_UNDONE = N_("Drawing from the Stripe balance undone")
    PAID_TWICE = N_("Paid a second time")
    PAID_TWICE_UNDONE = N_("Second payment undone")
    INTEREST_RECEIVED = N_("Interest received")
    INTEREST_UNDONE = N_("Interest undone")
    RECEIVED_FOR_OTHERS = N_("Received for others")
    RECEIVED_FOR_OTHERS_UNDONE = N_("Receipt for others undone")
    PAID_FOR_OTHERS = N_("Paid for others")
    PAID_FOR_OTHERS_UNDONE = N_("Payment for others undone")
    LINE_WRITTEN_OFF = N_("Line of the bank written off")
    LINE_WRITTEN_OFF_UNDONE = N_("Writing off undone")


class PeriodState(Worded):
    """Where a month stands; two people close it, and two open it again."""

    OPEN = N_("Month open"), "grey"
    PREPARED = N_("Waiting for approval"), "gold"
    CLOSED = N_("Month closed"), "moss"
    REOPENING = N_("Closed, asked to be opened"), "clay"


NOTHING_POSTED = frozenset({PeriodState.CLOSED, PeriodState.REOPENING})
"""The database refuses an entry of such a month, whoever posts it (`refuse_closed_period`)."""


class SourceType(Worded):
    """What an entry was posted for."""

    BANK_ACCOUNT = N_("Bank account")
    BANK_LINE = N_("Line of a bank statement")
    BUDGET_LINE = N_("Budget line")
    OPENING_BALANCE = N_("Opening balances")
    PAYMENT_ORDER = N_("Payment order")
    REDEMPTION = N_("Delivery")
    SERVICE_LINE = N_("Line of a payment service")
    VOUCHER = N_("Voucher")
