"""A review of the plan is an act: when it was held, what came of it, and when the next one is."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.cases.models import CaseFile
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.kernel import audit, clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock
from reintegration.plans.models import Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.states import LONGEST_RESULT, NEXT_REVIEW_WITHIN


def hold(
    session: Session,
    plan: Plan,
    *,
    actor: Actor,
    held_on: date,
    result: str,
    next_on: date,
    now: datetime,
) -> None:
    """Write down that the plan was gone through with the person, and set the next day.

    What the manager was told of reviews before is done with it. The plan itself stays as it is, so
    that whoever is writing on it goes on.
    """
    permissions.demand(actor, PlanPermission.EDIT, plan)
    require_open(session, plan.case_id)
    lock(session, plan)
    today = clock.local_day(now)
    require_kept(session, plan.case_id, today=today)
    if plan.approved_version is None:
        raise Conflict(N_("A plan is reviewed once it was approved."))
    _check_days(held_on, next_on, today)
    words = result.strip()
    if not 0 < len(words) <= LONGEST_RESULT:
        raise Invalid(
            N_("Say in a few words what came of it, in %(most)d characters at most."),
            field="result",
            most=LONGEST_RESULT,
        )
    table: Any = Plan.__table__
    session.execute(update(table).where(table.c.id == plan.id).values(review_on=next_on))
    session.refresh(plan)
    audit.record(
        session,
        "plan:review",
        plan,
        actor=actor,
        now=now,
        reason=words,
        data={
            "held_on": held_on.isoformat(),
            "next_on": next_on.isoformat(),
            **stood(today, NEXT_REVIEW_WITHIN),
        },
    )
    manager = session.get_one(CaseFile, plan.case_id).manager_id
    with acting_as_system(session):
        inbox.answered(session, [manager], f"plan:{plan.id}:review:", now=now)


def _check_days(held_on: date, next_on: date, today: date) -> None:
    if held_on > today:
        raise Invalid(N_("This day has not come yet."), code="held_on", field="held_on")
    last = today + NEXT_REVIEW_WITHIN.on(today)
    if not today < next_on <= last:
        raise Invalid(
            N_("The next review is on a day to come, until %(last)s."),
            code="next_on",
            field="next_on",
            last=last,
        )
