"""What another value of a rule on vetting would change, for whoever approves it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from providers.directory.models import Offering, VettingDocument
from providers.directory.states import OfferingState
from providers.vetting.services.expiry import ENDS_BEFORE, REMIND_BEFORE
from providers.vetting.services.vetting import APPROVED_FOR, LONGEST_APPROVAL
from reintegration.codelists.service_categories import SERVICE_CATEGORIES, Service
from reintegration.kernel.dated_rules import Coming, counting
from reintegration.kernel.entry_previews import naming
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


def _lacking(coming: Coming[Service]) -> ColumnElement[bool]:
    """Whether a provider has not all documents that a category will need anew, on that day."""
    assert coming.before is not None
    added = sorted(coming.after.documents - coming.before.documents)
    return or_(
        *(
            ~exists().where(
                VettingDocument.provider_id == Offering.provider_id,
                VettingDocument.kind == kind,
                VettingDocument.checked_at.is_not(None),
                or_(
                    VettingDocument.expires_on.is_(None),
                    VettingDocument.expires_on >= coming.first_day,
                ),
            )
            for kind in added
        )
    )


def _needs_more(coming: Coming[Service]) -> bool:
    return coming.before is not None and bool(coming.after.documents - coming.before.documents)


SERVICE_CATEGORIES.preview_with(
    naming(
        lambda _coming: N_("Approved services of it, which stay approved: %(count)s"),
        lambda coming: select(Offering.id).where(_APPROVED, Offering.category == coming.entry),
    )
)
SERVICE_CATEGORIES.preview_with(
    naming(
        lambda coming: (
            N_("Of them, without a document that their next approval needs: %(count)s")
            if _needs_more(coming)
            else ""
        ),
        lambda coming: select(Offering.id).where(
            _APPROVED, Offering.category == coming.entry, _lacking(coming)
        ),
    )
)
