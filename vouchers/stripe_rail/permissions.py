"""What the rail asks permission for."""

from enum import StrEnum


class StripePermission(StrEnum):
    """A provider's account at Stripe, and the Stripe balance."""

    OPEN = "stripe:open"
    VIEW_ACCOUNT = "stripe:view_account"
    VIEW = "stripe:view"
    SETTLE = "stripe:settle"
    REVERSE = "stripe:reverse"
    TELL = "stripe:tell"
