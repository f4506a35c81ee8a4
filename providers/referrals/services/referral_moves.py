"""The moves of a referral (HL7 SDOH Clinical Care, in our words): who asks, who answers."""

from providers.referrals.permissions import ReferralPermission as P
from providers.referrals.states import OPEN_REFERRALS
from providers.referrals.states import ReferralState as S
from reintegration.kernel.errors import N_
from reintegration.kernel.states import Machine, Move

_ANSWERED_YES = frozenset({S.ACCEPTED, S.IN_PROGRESS})

REFERRAL: Machine[S] = Machine(
    name="referral",
    initial=S.DRAFT,
    moves={
        "send": Move(S.DRAFT, S.REQUESTED, P.SEND, N_("Send")),
        "accept": Move(S.REQUESTED, S.ACCEPTED, P.ANSWER, N_("Accept")),
        "reject": Move(S.REQUESTED, S.REJECTED, P.ANSWER, N_("Decline"), needs_reason=True),
        "start": Move(S.ACCEPTED, S.IN_PROGRESS, P.DELIVER, N_("Mark as begun")),
        "complete": Move(_ANSWERED_YES, S.COMPLETED, P.DELIVER, N_("Mark as completed")),
        "fail": Move(
            _ANSWERED_YES,
            S.FAILED,
            P.DELIVER,
            N_("Report that it did not take place"),
            needs_reason=True,
        ),
        "cancel": Move(
            OPEN_REFERRALS, S.CANCELLED, P.CANCEL, N_("Withdraw the referral"), needs_reason=True
        ),
        "expire": Move(S.REQUESTED, S.CANCELLED, P.EXPIRE, N_("Let it lapse")),
    },
)
