"""Moving milestones: by hand with evidence, and by a job when services are delivered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal_column, select, text, update
from sqlalchemy.orm import Session, selectinload

from reintegration.cases.models import CaseFile
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.states import CaseState
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.locking import lock
from reintegration.plans.models import Milestone, PlanLine, PlanLineDelivery
from reintegration.plans.models.plan import DELIVERED_COUNT, NEW_DELIVERIES
from reintegration.plans.queries.progress import automatic_evidence, is_automatic, is_delivered
from reintegration.plans.services.milestone_moves import MILESTONE
from reintegration.plans.states import OPEN_MILESTONE_STATES, MilestoneState, PlanState

_BATCH = 500


def begin(session: Session, milestone: Milestone, *, actor: Actor, now: datetime) -> None:
    """Say that work on a step has begun."""
    require_open(session, milestone.case_id)
    require_kept(session, milestone.case_id, today=clock.local_day(now))
    lock(session, milestone)
    MILESTONE.fire(session, milestone, "begin", actor=actor, now=now)


def complete(
    session: Session, milestone: Milestone, *, actor: Actor, evidence: str, on: date, now: datetime
) -> None:
    """Say that a step was reached, on which day, and how one knows."""
    if on > clock.local_day(now):
        raise Invalid(N_("This day has not come yet."), code="on", field="on")
    require_open(session, milestone.case_id)
    require_kept(session, milestone.case_id, today=clock.local_day(now))
    lock(session, milestone)
    milestone.evidence, milestone.completed_on = evidence.strip(), on
    MILESTONE.fire(session, milestone, "complete", actor=actor, now=now)


def give_up(
    session: Session, milestone: Milestone, *, actor: Actor, move: str, reason: str, now: datetime
) -> None:
    """Say with a reason that a step was not reached (`not_complete`) or is dropped (`cancel`)."""
    require_open(session, milestone.case_id)
    lock(session, milestone)
    milestone.evidence = reason.strip()
    MILESTONE.fire(session, milestone, move, actor=actor, now=now, reason=reason)


def reopen(session: Session, milestone: Milestone, *, actor: Actor, now: datetime) -> None:
    """Take back what was said: the step goes on."""
    require_open(session, milestone.case_id)
    require_kept(session, milestone.case_id, today=clock.local_day(now))
    lock(session, milestone)
    _reopen(session, milestone, actor=actor, now=now)


def _reopen(session: Session, milestone: Milestone, *, actor: Actor, now: datetime) -> None:
    MILESTONE.fire(session, milestone, "reopen", actor=actor, now=now)
    milestone.evidence, milestone.completed_on = "", None
    session.flush()


def follow_deliveries(session: Session, *, now: datetime) -> int:
    """Move the milestones whose services were delivered or taken back; return how many lines.

    What was seen is written back, not what is there by then: a delivery that comes meanwhile
    stays a difference and is worked off next time. No delivery ever waits for this.
    """
    seen = session.execute(_unconsidered()).all()
    closed = _hold_cases(session, {row.case_id for row in seen})
    for milestone in _touched(session, {row.milestone_id for row in seen}):
        if milestone.case_id not in closed:
            _follow(session, milestone, now=now)
    if seen:
        session.execute(
            update(PlanLineDelivery),
            [{"plan_line_id": row.plan_line_id, "considered_units": row.count} for row in seen],
        )
    return len(seen)


def _unconsidered() -> Select[Any]:
    count: Any = literal_column(DELIVERED_COUNT).label("count")
    new = (
        select(PlanLineDelivery.plan_line_id, count).where(text(NEW_DELIVERIES)).limit(_BATCH).cte()
    )
    return (
        select(new.c.plan_line_id, PlanLine.milestone_id, PlanLine.case_id, new.c.count)
        .join(PlanLine, PlanLine.id == new.c.plan_line_id)
        .order_by(PlanLine.milestone_id)
    )


def _hold_cases(session: Session, ids: set[UUID]) -> set[UUID]:
    """Keep cases as they are meanwhile; return those that are closed: nothing moves there."""
    held = select(CaseFile.id, CaseFile.state).where(CaseFile.id.in_(ids)).order_by(CaseFile.id)
    rows = session.execute(held.with_for_update(key_share=True)).all()
    return {row.id for row in rows if row.state == CaseState.CLOSED}


def _touched(session: Session, ids: set[UUID]) -> Sequence[Milestone]:
    return session.scalars(
        select(Milestone)
        .where(Milestone.id.in_(ids))
        .options(selectinload(Milestone.lines), selectinload(Milestone.plan))
        .order_by(Milestone.id)
        .with_for_update(of=Milestone, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _follow(session: Session, milestone: Milestone, *, now: datetime) -> None:
    """Make the moves that the deliveries of a milestone call for, as the system."""
    if milestone.removed_at is not None or milestone.plan.state == PlanState.CLOSED:
        return
    lines = [line for line in milestone.lines if line.is_approved]
    delivered = [line for line in lines if is_delivered(line)]
    begun = any(line.delivery and line.delivery.amount_minor for line in milestone.lines)
    whole = bool(lines) and len(delivered) == len(lines)
    if milestone.state == MilestoneState.COMPLETED:
        if not whole and is_automatic(milestone):
            _reopen(session, milestone, actor=SYSTEM, now=now)
        return
    if milestone.state == MilestoneState.PLANNED and begun:
        MILESTONE.fire(session, milestone, "begin", actor=SYSTEM, now=now)
    if whole and milestone.state in OPEN_MILESTONE_STATES:
        milestone.evidence = automatic_evidence(len(delivered), len(lines))
        milestone.completed_on = _last_day(lines) or clock.local_day(now)
        MILESTONE.fire(session, milestone, "complete", actor=SYSTEM, now=now)


def _last_day(lines: Sequence[PlanLine]) -> date | None:
    days = [line.delivery.last_on for line in lines if line.delivery and line.delivery.last_on]
    return max(days, default=None)
