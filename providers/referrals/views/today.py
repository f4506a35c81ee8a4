"""What referrals ask of people today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import referrals as reading
from providers.referrals.queries import stranded
from reintegration.accounts.views.today import MOST, Figure, TodayItem, waiting
from reintegration.accounts.views.today_picture import Days, window
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.plans.views import plan_text
from reintegration.web.current import current_actor
from reintegration.web.filters import day_month


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return what waits for this person: requests to answer, services that lost their provider."""
    del today
    found: list[Figure | TodayItem] = []
    if permissions.permits(actor, ReferralPermission.LIST_REQUESTS):
        found += _requests(session, actor)
    if permissions.permits(actor, ReferralPermission.LIST):
        found += _stranded(session, actor)
    return found


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many people who were accepted begin on each of the next days."""
    if not permissions.permits(actor, ReferralPermission.LIST_REQUESTS):
        return []
    _first, last = window(today)
    begin = reading.beginning_by_day(session, actor, today, last)
    return [Days(_("People who begin"), "gold", begin, ahead=True)]


def _requests(session: Session, actor: Actor) -> list[Figure | TodayItem]:
    pile = reading.waiting_pile(session, actor)
    action = _("Answer") if permissions.could(actor, ReferralPermission.ANSWER) else _("See them")
    return [*waiting(Figure(_("Requests to answer"), pile, action, url_for("requests.index"), 20))]


def _stranded(session: Session, actor: Actor) -> list[Figure | TodayItem]:
    return [
        TodayItem(
            "clay",
            _("until %(day)s", day=day_month(one.due_on)),
            _(
                "%(case)s: find another provider for “%(service)s”.",
                case=one.case_code,
                service=plan_text.service_name(one.line),
            ),
            url_for("matching.show", plan_line_id=one.line.id),
            12,
            _("Find another provider"),
        )
        for one in stranded.of_manager(session, actor, limit=MOST)
    ]


def count_requests() -> int:
    """Return the figure beside “Requests” in the navigation."""
    return reading.waiting_count(current_session(), current_actor())
