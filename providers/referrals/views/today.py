"""What referrals ask of people today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import referrals as reading
from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.web.current import current_actor


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person: requests to answer, and requests that were declined."""
    del today
    found: list[TodayItem] = []
    if permissions.permits(actor, ReferralPermission.LIST_REQUESTS):
        found += _requests(session, actor)
    if permissions.permits(actor, ReferralPermission.LIST):
        found += _answers(session, actor)
    return found


def _requests(session: Session, actor: Actor) -> list[TodayItem]:
    count = reading.waiting_count(session, actor)
    sentence = ngettext(
        "%(num)s request waits for your answer", "%(num)s requests wait for your answer", count
    )
    item = TodayItem("gold", _("Waiting"), sentence, url_for("requests.index"), 20)
    return counted(count, item)


def _answers(session: Session, actor: Actor) -> list[TodayItem]:
    rejected = reading.recent_rejections(session, actor)
    codes = reading.case_codes(session, [one.case_id for one in rejected])
    return [
        TodayItem(
            "clay",
            _("Declined"),
            _("%(case)s: look for another provider", case=codes.get(one.case_id, "")),
            url_for("referrals.show", referral_id=one.id),
            15,
        )
        for one in rejected
    ]


def count_requests() -> int:
    """Return the figure beside “Requests” in the navigation."""
    return reading.waiting_count(current_session(), current_actor())
