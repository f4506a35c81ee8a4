"""What today asks of case people: decisions at night's end, consents that run out."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.plans.queries import emergencies, erasures
from reintegration.plans.queries.consents import ending_soon
from reintegration.web.filters import day_month, instant

SOON = timedelta(days=14)
_DECIDERS = (Role.SUPERVISOR,)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: a word or day, a sentence, and where it is done."""

    tone: str
    when: str
    sentence: str
    url: str
    rank: int


def items(*, session: Session, actor: Actor, today: date) -> list[Item]:
    """Return what waits in the actor's cases."""
    if not actor.caseload:
        return []
    return [
        *(_decision(row, actor, today) for row in emergencies.pending(session, actor)),
        *(
            Item(
                "gold",
                day_month(until),
                _("Consent ends in case %(code)s: ask again.", code=code),
                url_for("plans.case_consents", case_id=case_id),
                30,
            )
            for case_id, code, until in ending_soon(session, actor, today, SOON)
        ),
        *_erasures(session, actor),
    ]


def _erasures(session: Session, actor: Actor) -> list[Item]:
    if not actor.has_role(*_DECIDERS):
        return []
    return [
        Item(
            "gold",
            day_month(local_day(request.asked_at)),
            _("Decide whether the name in case %(code)s is erased for good.", code=code),
            url_for("plans.case_erasure", case_id=request.case_id),
            25,
        )
        for request, code in erasures.waiting_for(session, actor)
    ]


def _decision(row: emergencies.EmergencyRow, actor: Actor, today: date) -> Item:
    late = local_day(row.start.ratify_by) < today
    mine = row.start.started_by == actor.id
    sentence = (
        _("Emergency help in case %(code)s waits for a supervisor.", code=row.code)
        if mine or not actor.has_role(*_DECIDERS)
        else _("Decide on the emergency help in case %(code)s.", code=row.code)
    )
    return Item(
        "clay" if late else "gold",
        instant(row.start.ratify_by),
        sentence,
        url_for("plans.case_emergency_decision", emergency_id=row.start.id),
        5 if late else 10,
    )
