"""The cases that a colleague who leaves would leave behind."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.views.open_work import OpenWork
from reintegration.cases.models import CaseFile, HandOver
from reintegration.cases.queries import hand_overs
from reintegration.cases.states import CaseState
from reintegration.kernel import bounded
from reintegration.kernel.db import acting_as_system
from reintegration.web.current import current_actor


def of_cases(*, session: Session, user: User, today: date) -> list[OpenWork]:
    """Return the open cases of a person, and the hand-overs that wait for them."""
    del today
    open_cases = select(CaseFile).where(
        CaseFile.manager_id == user.id, CaseFile.state != CaseState.CLOSED
    )
    offers = select(HandOver).where(HandOver.to_id == user.id, HandOver.closed_at.is_(None))
    with acting_as_system(session):
        count, waiting = bounded.count(session, open_cases), bounded.count(session, offers)
    mine = user.id in hand_overs.managers(session, current_actor())
    return [
        OpenWork(
            _("Cases that this person manages"),
            count,
            _("Nobody works on them until a supervisor hands them over."),
            url_for("hand_overs.new", manager_id=user.id) if mine else "",
            _("Hand over the cases") if mine else "",
        ),
        OpenWork(
            _("Cases that were offered to this person"),
            waiting,
            _("They stay where they are. Offer them to somebody else."),
        ),
    ]
