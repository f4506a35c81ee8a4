"""The states and code lists of referrals."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class ReferralState(Worded):
    """HL7 SDOH Clinical Care: the Task for referral management, in our words."""

    DRAFT = "draft", N_("Not sent yet"), "grey"
    REQUESTED = "requested", N_("Waiting for an answer"), "gold"
    ACCEPTED = "accepted", N_("Accepted"), "moss"
    REJECTED = "rejected", N_("Declined"), "clay"
    IN_PROGRESS = "in_progress", N_("Under way"), "sky"
    COMPLETED = "completed", N_("Completed"), "moss"
    FAILED = "failed", N_("Not delivered"), "clay"
    CANCELLED = "cancelled", N_("Called off"), "grey"


class RejectionReason(Worded):
    """Why a provider says no."""

    NO_CAPACITY = "no_capacity", N_("No free place")
    NOT_ELIGIBLE = "not_eligible", N_("Outside what we may offer")
    CANNOT_MEET_NEEDS = "cannot_meet_needs", N_("We cannot meet these needs")
    PRICE = "price", N_("The price does not fit")
    OTHER = "other", N_("Another reason")


OPEN_REFERRALS = frozenset(
    {
        ReferralState.DRAFT,
        ReferralState.REQUESTED,
        ReferralState.ACCEPTED,
        ReferralState.IN_PROGRESS,
    }
)
HOLDS_A_PLACE = frozenset({ReferralState.ACCEPTED, ReferralState.IN_PROGRESS})
