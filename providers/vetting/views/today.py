"""What vetting asks of officers today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as vetting_reading
from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for an officer."""
    del today
    if not permissions.permits(actor, VettingPermission.LIST):
        return []
    count = vetting_reading.waiting_count(session)
    sentence = ngettext(
        "%(num)s service waits for a check or an approval",
        "%(num)s services wait for a check or an approval",
        count,
    )
    url = url_for("vetting.queue")
    return counted(count, TodayItem("gold", _("Vetting"), sentence, url, 20))


def count_vetting() -> int:
    """Return the figure beside “Vetting” in the navigation."""
    return vetting_reading.waiting_count(current_session())
