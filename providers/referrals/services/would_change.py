"""What another value of a rule on requests would change, for whoever approves it."""

from sqlalchemy import select

from providers.referrals.models import Referral
from providers.referrals.services.referrals import ANSWER_WITHIN
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_

ANSWER_WITHIN.preview_with(
    counting(
        N_("Requests of the last 90 days that were answered later than that: %(count)s"),
        lambda coming, since: select(Referral.id).where(
            Referral.requested_at > since,
            Referral.answered_at - Referral.requested_at > coming.after,
        ),
    )
)
