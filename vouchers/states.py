"""The states and code lists of vouchers and money."""

from enum import StrEnum

from reintegration.codelists.service_categories import Proof
from reintegration.kernel.errors import N_


class VoucherKind(StrEnum):
    """Units of a service at an agreed price, or money up to a sum."""

    SERVICE_UNITS = "service_units"
    VALUE = "value"


class VoucherState(StrEnum):
    """Where a voucher stands. Expiry is computed from dates; the sweep only posts it."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    PARTLY_REDEEMED = "partly_redeemed"
    REDEEMED = "redeemed"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


OPEN_STATES = frozenset({VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED, VoucherState.SUSPENDED})
REDEEMABLE_STATES = frozenset({VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED})


class RedemptionState(StrEnum):
    """`unconfirmed` was delivered without proof: a person settles it; nothing is posted yet."""

    ACCEPTED = "accepted"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    REVERSED = "reversed"


class ClaimState(StrEnum):
    """Where a provider's claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DISPUTED = "disputed"
    CHECKED = "checked"
    IN_PAYMENT = "in_payment"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


class ClaimLineState(StrEnum):
    """What finance says of one line."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    REFUSED = "refused"


class BatchState(StrEnum):
    """Where a payment batch stands; three people move it."""

    PREPARED = "prepared"
    APPROVED = "approved"
    RELEASED = "released"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    """Where one payment order stands."""

    PREPARED = "prepared"
    RELEASED = "released"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Rail(StrEnum):
    """How money travels."""

    MDL_CSV = "mdl_csv"
    SEPA = "sepa_pain001"


RELEASE_BY_PREPARER_BELOW: dict[str, int] = {"MDL": 500_000, "EUR": 25_000}
"""Totals in minor units below which the preparer of a batch may also release it."""


class BankLineState(StrEnum):
    """What is known of a line of a bank statement."""

    UNMATCHED = "unmatched"
    SUGGESTED = "suggested"
    MATCHED = "matched"
    EXCEPTION = "exception"
    RESOLVED = "resolved"


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

CLAIM_LABELS: dict[str, str] = {
    ClaimState.DRAFT.value: N_("Draft"),
    ClaimState.SUBMITTED.value: N_("To be checked"),
    ClaimState.DISPUTED.value: N_("Disputed"),
    ClaimState.CHECKED.value: N_("Checked"),
    ClaimState.IN_PAYMENT.value: N_("In payment"),
    ClaimState.PAID.value: N_("Paid"),
    ClaimState.WITHDRAWN.value: N_("Withdrawn"),
}
CLAIM_TONES: dict[str, str] = {
    ClaimState.DRAFT.value: "grey",
    ClaimState.SUBMITTED.value: "gold",
    ClaimState.DISPUTED.value: "clay",
    ClaimState.CHECKED.value: "sky",
    ClaimState.IN_PAYMENT.value: "sky",
    ClaimState.PAID.value: "moss",
    ClaimState.WITHDRAWN.value: "grey",
}
CLAIM_LINE_LABELS: dict[str, str] = {
    ClaimLineState.OPEN.value: N_("To be checked"),
    ClaimLineState.ACCEPTED.value: N_("Agreed"),
    ClaimLineState.DISPUTED.value: N_("Disputed"),
    ClaimLineState.REFUSED.value: N_("Refused"),
}
CLAIM_LINE_TONES: dict[str, str] = {
    ClaimLineState.OPEN.value: "gold",
    ClaimLineState.ACCEPTED.value: "moss",
    ClaimLineState.DISPUTED.value: "clay",
    ClaimLineState.REFUSED.value: "grey",
}
BATCH_LABELS: dict[str, str] = {
    BatchState.PREPARED.value: N_("Waiting for approval"),
    BatchState.APPROVED.value: N_("Waiting for release"),
    BatchState.RELEASED.value: N_("Released"),
    BatchState.SETTLED.value: N_("Settled"),
    BatchState.CANCELLED.value: N_("Cancelled"),
}
BATCH_TONES: dict[str, str] = {
    BatchState.PREPARED.value: "gold",
    BatchState.APPROVED.value: "gold",
    BatchState.RELEASED.value: "sky",
    BatchState.SETTLED.value: "moss",
    BatchState.CANCELLED.value: "grey",
}
ORDER_LABELS: dict[str, str] = {
    OrderState.PREPARED.value: N_("Prepared"),
    OrderState.RELEASED.value: N_("Sent"),
    OrderState.SETTLED.value: N_("Settled"),
    OrderState.FAILED.value: N_("Failed"),
    OrderState.RETURNED.value: N_("Returned"),
    OrderState.CANCELLED.value: N_("Cancelled"),
}
ORDER_TONES: dict[str, str] = {
    OrderState.PREPARED.value: "gold",
    OrderState.RELEASED.value: "sky",
    OrderState.SETTLED.value: "moss",
    OrderState.FAILED.value: "clay",
    OrderState.RETURNED.value: "clay",
    OrderState.CANCELLED.value: "grey",
}
RAIL_LABELS: dict[str, str] = {
    Rail.MDL_CSV.value: N_("Bank file in MDL (CSV)"),
    Rail.SEPA.value: N_("SEPA (pain.001.001.09)"),
}


VOUCHER_LABELS: dict[str, str] = {
    VoucherState.DRAFT: N_("waits for approval"),
    VoucherState.APPROVED: N_("approved, not issued"),
    VoucherState.ISSUED: N_("issued"),
    VoucherState.PARTLY_REDEEMED: N_("partly used"),
    VoucherState.REDEEMED: N_("used up"),
    VoucherState.SUSPENDED: N_("stopped"),
    VoucherState.EXPIRED: N_("expired"),
    VoucherState.CANCELLED: N_("cancelled"),
    VoucherState.REPLACED: N_("replaced"),
}
VOUCHER_TONES: dict[str, str] = {
    VoucherState.DRAFT: "gold",
    VoucherState.APPROVED: "gold",
    VoucherState.ISSUED: "sky",
    VoucherState.PARTLY_REDEEMED: "sky",
    VoucherState.REDEEMED: "moss",
    VoucherState.SUSPENDED: "clay",
    VoucherState.EXPIRED: "grey",
    VoucherState.CANCELLED: "clay",
    VoucherState.REPLACED: "grey",
}
REDEMPTION_LABELS: dict[str, str] = {
    RedemptionState.ACCEPTED: N_("recorded"),
    RedemptionState.UNCONFIRMED: N_("waits for confirmation"),
    RedemptionState.REFUSED: N_("refused"),
    RedemptionState.REVERSED: N_("taken back"),
}
REDEMPTION_TONES: dict[str, str] = {
    RedemptionState.ACCEPTED: "moss",
    RedemptionState.UNCONFIRMED: "gold",
    RedemptionState.REFUSED: "clay",
    RedemptionState.REVERSED: "grey",
}
PROOF_LABELS: dict[str, str] = {
    Proof.PIN: N_("PIN"),
    Proof.STAY: N_("stay"),
    Proof.SIGNED_LIST: N_("signed list"),
    Proof.CASE_MANAGER: N_("your word"),
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
VOUCHER_HISTORY: dict[str, str] = {
    "approve": N_("Approved"),
    "issue": N_("Issued"),
    "redeem_part": N_("A part was used"),
    "redeem_all": N_("The rest was used"),
    "reopen_part": N_("A delivery was taken back"),
    "reopen_whole": N_("The only delivery was taken back"),
    "suspend": N_("Stopped"),
    "resume": N_("Resumed"),
    "resume_part": N_("Resumed"),
    "expire": N_("Expired"),
    "cancel": N_("Cancelled"),
    "replace": N_("Replaced"),
}
"""What the history of a voucher says of each move."""
