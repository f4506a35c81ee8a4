"""The states and code lists of claims and payments."""

from enum import StrEnum

from reintegration.kernel.errors import N_


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
