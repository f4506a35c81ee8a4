"""The moves of a referral (HL7 SDOH Clinical Care, in our words): who asks, who answers."""

from providers.referrals.permissions import ReferralPermission
from providers.referrals.states import OPEN_REFERRALS, ReferralState
from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move

_ANSWERED_YES = frozenset({ReferralState.ACCEPTED, ReferralState.IN_PROGRESS})

REFERRAL: Machine[ReferralState] = Machine(
    name="referral",
    initial=ReferralState.DRAFT,
    moves={
        "send": Move(
            frozenset({ReferralState.DRAFT}),
            ReferralState.REQUESTED,
            ReferralPermission.SEND,
            N_("Send"),
        ),
        "accept": Move(
            frozenset({ReferralState.REQUESTED}),
            ReferralState.ACCEPTED,
            ReferralPermission.ANSWER,
            N_("Accept"),
        ),
        "reject": Move(
            frozenset({ReferralState.REQUESTED}),
            ReferralState.REJECTED,
            ReferralPermission.ANSWER,
            N_("Decline"),
            needs_reason=True,
        ),
        "start": Move(
            frozenset({ReferralState.ACCEPTED}),
            ReferralState.IN_PROGRESS,
            ReferralPermission.DELIVER,
            N_("It has begun"),
        ),
        "complete": Move(
            _ANSWERED_YES,
            ReferralState.COMPLETED,
            ReferralPermission.DELIVER,
            N_("It is completed"),
        ),
        "fail": Move(
            _ANSWERED_YES,
            ReferralState.FAILED,
            ReferralPermission.DELIVER,
            N_("It did not take place"),
            needs_reason=True,
        ),
        "cancel": Move(
            OPEN_REFERRALS,
            ReferralState.CANCELLED,
            ReferralPermission.CANCEL,
            N_("Cancel the referral"),
            needs_reason=True,
        ),
        "expire": Move(
            frozenset({ReferralState.REQUESTED}),
            ReferralState.CANCELLED,
            ReferralPermission.EXPIRE,
            N_("Let it lapse"),
        ),
    },
)
