"""The states and code lists of claims and payments."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class ClaimState(Worded):
    """Where a provider's claim stands."""

    DRAFT = "draft", N_("Draft"), "grey"
    SUBMITTED = "submitted", N_("To be checked"), "gold"
    DISPUTED = "disputed", N_("Disputed"), "clay"
    CHECKED = "checked", N_("Checked"), "sky"
    IN_PAYMENT = "in_payment", N_("In payment"), "sky"
    PAID = "paid", N_("Paid"), "moss"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"


class ClaimLineState(Worded):
    """What finance says of one line."""

    OPEN = "open", N_("To be checked"), "gold"
    ACCEPTED = "accepted", N_("Agreed"), "moss"
    DISPUTED = "disputed", N_("Disputed"), "clay"
    REFUSED = "refused", N_("Refused"), "grey"


class BatchState(Worded):
    """Where a payment batch stands; three people move it."""

    PREPARED = "prepared", N_("Waiting for approval"), "gold"
    APPROVED = "approved", N_("Waiting for release"), "gold"
    RELEASED = "released", N_("Released"), "sky"
    SETTLED = "settled", N_("Settled"), "moss"
    CANCELLED = "cancelled", N_("Cancelled"), "grey"


class OrderState(Worded):
    """Where one payment order stands."""

    PREPARED = "prepared", N_("Prepared"), "gold"
    RELEASED = "released", N_("Sent"), "sky"
    SETTLED = "settled", N_("Settled"), "moss"
    FAILED = "failed", N_("Failed"), "clay"
    RETURNED = "returned", N_("Returned"), "clay"
    CANCELLED = "cancelled", N_("Cancelled"), "grey"


class Rail(Worded):
    """How money travels."""

    MDL_CSV = "mdl_csv", N_("Bank file in MDL (CSV)")
    SEPA = "sepa_pain001", N_("SEPA (pain.001.001.09)")


RELEASE_BY_PREPARER_BELOW: dict[str, int] = {"MDL": 500_000, "EUR": 25_000}
"""Totals in minor units below which the preparer of a batch may also release it."""
