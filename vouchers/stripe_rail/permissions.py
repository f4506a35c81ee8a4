"""What the rail asks permission for."""

from enum import StrEnum


class StripePermission(StrEnum):
    """A provider's account at Stripe, and what stands there of ours."""

    VIEW_ACCOUNT = "stripe:view_account"
    VIEW = "stripe:view"
    TELL = "stripe:tell"
    TRY_AGAIN = "stripe:try_again"
    VIEW_WAYS = "stripe:view_ways"
    NOTE = "stripe:note"
    POST_CHARGE = "stripe:post_charge"
    SWEEP = "stripe:sweep"
    MATCH = "stripe:match"
    REVERSE = "stripe:reverse"
    CONFIRM_REVERSAL = "stripe:confirm_reversal"
    FINISH_REVERSAL = "stripe:finish_reversal"
    OPEN_ACCOUNT = "stripe:open_account"
    ASK = "stripe:ask"
    FAILED_PAYOUTS = "stripe:failed_payouts"
    KEEP = "stripe:keep"
