"""What vetting asks of officers today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from providers.directory.states import OfferingState
from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as vetting_reading
from reintegration.accounts.views.today import NAMED, Figure, TodayItem, waiting
from reintegration.accounts.views.today_picture import Days, window
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.web.filters import money


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return what waits for an officer."""
    del today
    if not permissions.permits(actor, VettingPermission.LIST):
        return []
    pile = vetting_reading.waiting_pile(session)
    url = url_for("vetting.queue")
    return [
        *waiting(Figure(_("Services to check or approve"), pile, _("See them all"), url, 20)),
        *(
            TodayItem(
                "gold",
                _("Vetting"),
                offering.name,
                url_for("vetting.show", offering_id=offering.id),
                20,
                _("Check it") if offering.state is OfferingState.SUBMITTED else _("Approve"),
                offering.provider.name,
                offering.updated_at,
                money(offering.price),
            )
            for offering in vetting_reading.oldest_waiting(session, limit=NAMED)
        ),
    ]


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many documents of providers ended and will end on each day."""
    if not permissions.permits(actor, VettingPermission.LIST):
        return []
    first, last = window(today)
    ends = vetting_reading.documents_ending_by_day(session, first, last)
    past = {day: count for day, count in ends.items() if day < today}
    ahead = {day: count for day, count in ends.items() if day >= today}
    return [
        Days(_("Documents that ended"), "clay", past),
        Days(_("Documents that end"), "gold", ahead, ahead=True),
    ]


def count_vetting() -> int:
    """Return the figure beside “Vetting” in the navigation."""
    return vetting_reading.waiting_count(current_session())
