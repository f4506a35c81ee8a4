"""What another value of a rule on vetting would change, for whoever approves it."""

from datetime import timedelta

from sqlalchemy import select

from providers.directory.models import Offering, VettingDocument
from providers.directory.states import OfferingState
from providers.vetting.services.expiry import ENDS_BEFORE, REMIND_BEFORE
from providers.vetting.services.vetting import APPROVED_FOR, LONGEST_APPROVAL
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_

_APPROVED = Offering.state == OfferingState.APPROVED

REMIND_BEFORE.preview_with(
    counting(
        N_("Documents that would be told of on the first day: %(count)s"),
        lambda coming, _since: select(VettingDocument.id).where(
            VettingDocument.expires_on.between(
                coming.first_day, coming.first_day + timedelta(days=max(coming.after))
            )
        ),
    )
)
ENDS_BEFORE.preview_with(
    counting(
        N_("Approvals that would be told of on the first day: %(count)s"),
        lambda coming, _since: select(Offering.id).where(
            _APPROVED,
            Offering.approved_until.between(
                coming.first_day, coming.first_day + timedelta(days=max(coming.after))
            ),
        ),
    )
)
APPROVED_FOR.preview_with(
    counting(
        N_("Approvals of the last 90 days; their last day stays as it is: %(count)s"),
        lambda _coming, since: select(Offering.id).where(Offering.approved_at > since),
    )
)
LONGEST_APPROVAL.preview_with(
    counting(
        N_("Approvals that last longer than that, and stay so: %(count)s"),
        lambda coming, _since: select(Offering.id).where(
            _APPROVED, Offering.approved_until > coming.first_day + coming.after
        ),
    )
)
