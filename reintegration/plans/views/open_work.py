"""Plans and emergency help that wait for a colleague who leaves."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.views.open_work import OpenWork
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.cases.states import CaseState, MemberRole
from reintegration.kernel import bounded
from reintegration.kernel.db import acting_as_system
from reintegration.plans.models import EmergencyStart, Plan
from reintegration.plans.states import EmergencyState, PlanState


def of_plans(*, session: Session, user: User, today: date) -> list[OpenWork]:
    """Return the decisions of a supervisor, and the reviews that a case manager has to hold."""
    supervised = select(CaseMember.case_id).where(
        CaseMember.user_id == user.id,
        CaseMember.role == MemberRole.SUPERVISOR,
        CaseMember.until.is_(None),
    )
    managed = select(CaseFile.id).where(
        CaseFile.manager_id == user.id, CaseFile.state != CaseState.CLOSED
    )
    sent = select(Plan).where(Plan.state == PlanState.SUBMITTED, Plan.case_id.in_(supervised))
    starts = select(EmergencyStart).where(
        EmergencyStart.state == EmergencyState.PENDING, EmergencyStart.case_id.in_(supervised)
    )
    due = select(Plan).where(Plan.review_on <= today, Plan.case_id.in_(managed))
    with acting_as_system(session):
        counts = [bounded.count(session, one) for one in (sent, starts, due)]
    then = _("They wait until another supervisor is on the teams.")
    return [
        OpenWork(_("Plans that wait for a decision"), counts[0], then),
        OpenWork(_("Emergency help that waits for a decision"), counts[1], then),
        OpenWork(
            _("Reviews of plans that are due"),
            counts[2],
            _("They go to whoever takes on the cases."),
        ),
    ]
