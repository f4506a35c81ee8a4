"""What another value of a rule on the directory would change, for whoever approves it."""

from sqlalchemy import select

from providers.directory.models import Offering
from providers.directory.queries.documents import PLACES_HOLD_FOR
from reintegration.kernel.clock import day_of
from reintegration.kernel.dated_rules import counting
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
