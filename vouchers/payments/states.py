"""The states and code lists of claims and payments."""

from datetime import timedelta

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class ClaimState(Worded):
    """Where a provider's claim stands."""

    DRAFT = N_("Draft"), "grey"
    SUBMITTED = N_("To be checked"), "gold"
    DISPUTED = N_("Disputed"), "clay"
    CHECKED = N_("Checked"), "sky"
    IN_PAYMENT = N_("In payment"), "sky"
    PAID = N_("Paid"), "moss"
    WITHDRAWN = N_("Withdrawn"), "grey"
    CLOSED = N_("Closed by finance"), "grey"


GIVEN_UP = (ClaimState.WITHDRAWN, ClaimState.CLOSED)
"""Nothing of such a claim is paid: its provider took it back, or finance refused all of it."""


class ClaimLineState(Worded):
    """What finance says of one line."""

    OPEN = N_("To be checked"), "gold"
    ACCEPTED = N_("Agreed"), "moss"
    DISPUTED = N_("Disputed"), "clay"
    REFUSED = N_("Refused"), "grey"


class BatchState(Worded):
    """Where a payment batch stands; three people move it."""

    PREPARED = N_("Waiting for approval"), "gold"
    APPROVED = N_("Waiting for release"), "gold"
    RELEASED = N_("Released"), "sky"
    SETTLED = N_("Settled"), "moss"
    CANCELLED = N_("Cancelled"), "grey"


RELEASE_BY_PREPARER_BELOW: dict[str, int] = {"MDL": 500_000, "EUR": 25_000}
"""Totals in minor units below which the preparer of a batch may also release it.

What one person released within `RELEASED_TOGETHER` counts together: else a sum is cut in parts.
"""
RELEASED_TOGETHER = timedelta(days=7)
"""A week, because providers are paid weekly: a part held back for longer is paid late, and noticed.

It is counted by the person, not by the fund: the limit says what one person may do without another.
"""


class OrderState(Worded):
    """Where one payment order stands."""

    PREPARED = N_("Prepared"), "gold"
    RELEASED = N_("Sent"), "sky"
    SETTLED = N_("Settled"), "moss"
    FAILED = N_("Failed"), "clay"
    RETURNED = N_("Returned"), "clay"
    CANCELLED = N_("Cancelled"), "grey"


class Rail(Worded):
    """How money travels."""

    MDL_CSV = N_("Bank file in MDL (CSV)")
    SEPA_PAIN001 = N_("SEPA (pain.001.001.09)")
    STRIPE_TRANSFER = N_("Stripe")


HAPPENED: dict[str, str] = {"payment_order:settle": N_("Deliveries were paid")}
"""What the history of a case says of payments."""
