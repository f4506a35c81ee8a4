"""What another value of a rule on the directory would change, for whoever approves it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, exists, false, func, or_, select

from providers.directory.models import Offering, Provider, Site, VettingDocument
from providers.directory.queries.checklists import CHECKLISTS, Checklist
from providers.directory.queries.documents import PLACES_HOLD_FOR
from providers.directory.states import Jurisdiction
from reintegration.accounts.models import Organisation
from reintegration.codelists import spoken_languages
from reintegration.kernel.clock import day_of
from reintegration.kernel.dated_rules import Coming, counting
from reintegration.kernel.errors import N_

PLACES_HOLD_FOR.preview_with(
    counting(
        N_("Services whose number of free places would count as old: %(count)s"),
        lambda coming, _since: select(Offering.id).where(
            Offering.capacity.is_not(None),
            day_of(Offering.updated_at) < coming.first_day - coming.after,
        ),
    )
)
spoken_languages.speaking(
    N_("Services that are given in it, and keep it: %(count)s"),
    N_("Services that are given in it, and keep it: fewer than %(count)s"),
    lambda coming: (
        select(Offering.id)
        .join(Offering.site)
        .where(~Site.confidential, Offering.languages.contains([coming.entry]))
    ),
)
CHECKLISTS.preview_with(
    counting(
        N_(
            "Providers without a document of the new list, for whom nothing more is approved"
            " before they bring it: %(count)s"
        ),
        lambda coming, _since: _lacking(coming),
    )
)


def _lacking(coming: Coming[Checklist]) -> Select[Any]:
    """Return the providers under this law that have not brought what is asked for anew."""
    asked = coming.after.documents
    if coming.before is not None:
        asked = asked - coming.before.documents
    lacks = [
        ~exists().where(
            VettingDocument.provider_id == Provider.id,
            VettingDocument.kind == kind,
            VettingDocument.checked_at.is_not(None),
            func.coalesce(VettingDocument.expires_on, date.max) >= coming.first_day,
        )
        for kind in asked
    ]
    under = Provider.jurisdiction == Jurisdiction(coming.entry)
    here = select(Provider.id).join(Organisation).where(under, Organisation.active)
    return here.where(or_(false(), *lacks))
