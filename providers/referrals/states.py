"""The states and code lists of referrals."""

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class ReferralState(Worded):
    """HL7 SDOH Clinical Care: the Task for referral management, in our words."""

    DRAFT = N_("Not sent yet"), "grey"
    REQUESTED = N_("Waiting for an answer"), "gold"
    ACCEPTED = N_("Accepted"), "moss"
    REJECTED = N_("Declined"), "clay"
    IN_PROGRESS = N_("Under way"), "sky"
    COMPLETED = N_("Completed"), "moss"
    FAILED = N_("Not delivered"), "clay"
    CANCELLED = N_("Called off"), "grey"


OPEN_REFERRALS = frozenset(
    {
        ReferralState.DRAFT,
        ReferralState.REQUESTED,
        ReferralState.ACCEPTED,
        ReferralState.IN_PROGRESS,
    }
)
HOLDS_A_PLACE = frozenset({ReferralState.ACCEPTED, ReferralState.IN_PROGRESS})


class RejectionReason(Worded):
    """Why a provider says no."""

    NO_CAPACITY = N_("No free place")
    NOT_ELIGIBLE = N_("Outside what we may offer")
    CANNOT_MEET_NEEDS = N_("We cannot meet these needs")
    PRICE = N_("The price does not fit")
    OTHER = N_("Another reason")


HAPPENED: dict[str, str] = {
    "referral:send": N_("A provider was asked"),
    "referral:accept": N_("A provider accepted"),
    "referral:reject": N_("A provider declined"),
    "referral:start": N_("A service began"),
    "referral:complete": N_("A service was completed"),
    "referral:fail": N_("A service was not delivered"),
    "referral:cancel": N_("A request was called off"),
    "referral:expire": N_("Nobody answered a request in time"),
}
"""What the history of a case says of referrals."""
