"""The states and code lists of vouchers and money."""

from enum import StrEnum


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


OPEN_STATES = frozenset(
    {VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED, VoucherState.SUSPENDED}
)
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
