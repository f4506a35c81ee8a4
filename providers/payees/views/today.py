"""What payee accounts ask of finance today."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.payees import queries as payee_reading
from providers.payees.permissions import PayeePermission
from reintegration.accounts.views.today import TodayItem
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for finance."""
    del today
    if not permissions.permits(actor, PayeePermission.LIST):
        return []
    count = payee_reading.waiting_count(session, actor)
    if not count:
        return []
    sentence = ngettext(
        "%(num)s account waits for approval", "%(num)s accounts wait for approval", count
    )
    return [TodayItem("gold", _("Accounts"), sentence, url_for("payees.index"), 20)]
