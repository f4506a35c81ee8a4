"""The states and code lists of referrals."""

from enum import StrEnum

from reintegration.kernel.errors import N_


class ReferralState(StrEnum):
    """HL7 SDOH Clinical Care: the Task for referral management, in our words."""

    DRAFT = "draft"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RejectionReason(StrEnum):
    """Why a provider says no."""

    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    CANNOT_MEET_NEEDS = "cannot_meet_needs"
    PRICE = "price"
    OTHER = "other"


REFERRAL_LABELS: dict[ReferralState, str] = {
    ReferralState.DRAFT: N_("Not sent yet"),
    ReferralState.REQUESTED: N_("Waiting for an answer"),
    ReferralState.ACCEPTED: N_("Accepted"),
    ReferralState.REJECTED: N_("Declined"),
    ReferralState.IN_PROGRESS: N_("Under way"),
    ReferralState.COMPLETED: N_("Completed"),
    ReferralState.FAILED: N_("Not delivered"),
    ReferralState.CANCELLED: N_("Called off"),
}
REFERRAL_TONES: dict[ReferralState, str] = {
    ReferralState.DRAFT: "grey",
    ReferralState.REQUESTED: "gold",
    ReferralState.ACCEPTED: "moss",
    ReferralState.REJECTED: "clay",
    ReferralState.IN_PROGRESS: "sky",
    ReferralState.COMPLETED: "moss",
    ReferralState.FAILED: "clay",
    ReferralState.CANCELLED: "grey",
}
REJECTION_LABELS: dict[RejectionReason, str] = {
    RejectionReason.NO_CAPACITY: N_("No free place"),
    RejectionReason.NOT_ELIGIBLE: N_("Outside what we may offer"),
    RejectionReason.CANNOT_MEET_NEEDS: N_("We cannot meet these needs"),
    RejectionReason.PRICE: N_("The price does not fit"),
    RejectionReason.OTHER: N_("Another reason"),
}

OPEN_REFERRALS = frozenset(
    {
        ReferralState.DRAFT,
        ReferralState.REQUESTED,
        ReferralState.ACCEPTED,
        ReferralState.IN_PROGRESS,
    }
)
HOLDS_A_PLACE = frozenset({ReferralState.ACCEPTED, ReferralState.IN_PROGRESS})
