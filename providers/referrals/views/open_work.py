"""Requests to providers that a colleague who leaves has open."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.referrals.models import Referral
from providers.referrals.states import ReferralState
from reintegration.accounts.models import User
from reintegration.accounts.views.open_work import OpenWork
from reintegration.cases.models import CaseFile
from reintegration.kernel import bounded
from reintegration.kernel.db import acting_as_system


def of_referrals(*, session: Session, user: User, today: date) -> list[OpenWork]:
    """Return the requests of a person's cases that wait for an answer."""
    del today
    managed = select(CaseFile.id).where(CaseFile.manager_id == user.id)
    waiting = select(Referral).where(
        Referral.state == ReferralState.REQUESTED, Referral.case_id.in_(managed)
    )
    with acting_as_system(session):
        count = bounded.count(session, waiting)
    then = _("The answers go to whoever takes on the cases.")
    return [OpenWork(_("Requests that wait for a provider's answer"), count, then)]
