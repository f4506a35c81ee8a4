"""What today asks of case people: consents that run out, names to be erased."""

from datetime import date, timedelta
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import MOST, TodayItem
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import erasures, hand_overs
from reintegration.cases.queries.consents import ending_soon
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.web.filters import day_month

SOON = timedelta(days=14)


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits in the actor's cases."""
    offers = _offers(session, actor)
    if not actor.caseload:
        return offers
    return [
        *offers,
        *(
            _consent(case_id, code, until, ended=until < today)
            for case_id, code, until in ending_soon(session, actor, today, SOON, limit=MOST)
        ),
        *_erasures(session, actor),
    ]


def _offers(session: Session, actor: Actor) -> list[TodayItem]:
    if not permissions.could(actor, CasePermission.ANSWER_OFFER):
        return []
    return [
        TodayItem(
            "gold",
            day_month(local_day(made.offered_at)),
            _("Cases are offered to you: accept them or not."),
            url_for("hand_overs.show", hand_over_id=made.id),
            18,
            _("Decide"),
            since=made.offered_at,
        )
        for made in hand_overs.waiting_for(session, actor)
    ]


def _consent(case_id: UUID, code: str, until: date, *, ended: bool) -> TodayItem:
    sentence = (
        _("Consent has ended in case %(code)s: ask again.", code=code)
        if ended
        else _("Consent ends in case %(code)s: ask again.", code=code)
    )
    url = url_for("cases.case_consents", case_id=case_id)
    tone = "clay" if ended else "gold"
    return TodayItem(tone, day_month(until), sentence, url, 30, _("Ask again"))


def _erasures(session: Session, actor: Actor) -> list[TodayItem]:
    if not permissions.could(actor, CasePermission.DECIDE_ERASURE):
        return []
    return [
        TodayItem(
            "gold",
            day_month(local_day(request.asked_at)),
            _("Decide whether the name in case %(code)s is erased for good.", code=code),
            url_for("cases.case_erasure", case_id=request.case_id),
            25,
            _("Decide"),
            since=request.asked_at,
        )
        for request, code in erasures.waiting_for(session, actor, limit=MOST)
    ]
