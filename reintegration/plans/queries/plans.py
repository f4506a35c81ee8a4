"""Reading plans, their steps and services, and what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.states import ConsentScope
from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import NotFound, or_404
from reintegration.plans.models import Milestone, Plan, PlanLine, PlanVersion
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.states import OPEN_MILESTONE_STATES, PlanState, VersionState


def plan_of(session: Session, case_id: UUID) -> Plan | None:
    """Return the plan of a case with its steps, services and dependencies, or None."""
    return session.scalar(
        select(Plan)
        .where(Plan.case_id == case_id)
        .options(
            selectinload(Plan.milestones).options(
                selectinload(Milestone.lines),
                selectinload(Milestone.dependencies),
                joinedload(Milestone.goal),
            )
        )
    )


def plan_or_404(session: Session, actor: Actor, case_id: UUID) -> Plan:
    """Return the plan of a case of the caseload, or raise NotFound."""
    plan = plan_of(session, case_id)
    if plan is None or not permissions.permits(actor, PlanPermission.VIEW, plan):
        raise NotFound
    return plan


def milestone_or_404(
    session: Session, actor: Actor, case_id: UUID, milestone_id: UUID
) -> Milestone:
    """Return a step that stands in the plan of a case of the caseload, or raise NotFound."""
    within = permissions.visible(actor, Milestone, PlanPermission.VIEW).where(
        Milestone.case_id == case_id, Milestone.removed_at.is_(None)
    )
    return or_404(session.scalar(within.where(Milestone.id == milestone_id)))


def line_or_404(session: Session, actor: Actor, line_id: UUID) -> PlanLine:
    """Return a service that stands in a plan of the caseload, or raise NotFound."""
    within = permissions.visible(actor, PlanLine, PlanPermission.VIEW)
    found = within.where(PlanLine.id == line_id, PlanLine.removed_at.is_(None))
    return or_404(session.scalar(found.options(joinedload(PlanLine.milestone))))


def version(session: Session, plan: Plan, number: int | None) -> PlanVersion | None:
    """Return the version of that number, or None."""
    return session.scalar(
        select(PlanVersion).where(PlanVersion.plan_id == plan.id, PlanVersion.number == number)
    )


def last_version(session: Session, plan: Plan) -> PlanVersion | None:
    """Return the newest version that was ever submitted, whatever became of it."""
    return session.scalar(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan.id)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )


def returned_last(session: Session, plan: Plan, before: int | None = None) -> PlanVersion | None:
    """Return the newest version since the approval that came back; `before` a number, if said."""
    came_back = (
        select(PlanVersion)
        .where(
            PlanVersion.plan_id == plan.id,
            PlanVersion.state == VersionState.RETURNED,
            PlanVersion.number > (plan.approved_version or 0),
        )
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    if before is not None:
        came_back = came_back.where(PlanVersion.number < before)
    return session.scalar(came_back)


def sharing_consent(session: Session, case_id: UUID, today: date) -> Consent | None:
    """Return the consent to tell providers that holds longest; None when none is live."""
    return session.scalar(
        select(Consent)
        .where(
            Consent.case_id == case_id,
            Consent.scope == ConsentScope.SHARE_WITH_PROVIDER,
            Consent.withdrawn_at.is_(None),
            Consent.valid_until >= today,
        )
        .order_by(Consent.provider_id.is_not(None), Consent.valid_until.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that waits for a decision, and what was approved before it.

    `mine`: it waits for the reader, not for somebody else.
    """

    mine: bool
    plan: Plan
    case: CaseFile
    submitted: PlanVersion
    approved: PlanVersion | None
    submitted_by: str
    submitted_for: str | None


def waiting(session: Session, actor: Actor, *, limit: int = bounded.AT_ONCE) -> list[Waiting]:
    """Return the submitted plans of the actor's cases: theirs to decide, the longest wait first.

    After them come those that others decide.
    """
    mine, other = permissions.may(actor, Plan, PlanPermission.DECIDE), aliased(User)
    rows = session.execute(
        select(mine, Plan, CaseFile, PlanVersion, User.name, other.name)
        .join(CaseFile, CaseFile.id == Plan.case_id)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .join(User, User.id == PlanVersion.submitted_by)
        .outerjoin(other, other.id == PlanVersion.submitted_for)
        .where(
            permissions.where(actor, Plan, PlanPermission.VIEW),
            Plan.state == PlanState.SUBMITTED,
            PlanVersion.state == VersionState.SUBMITTED,
        )
        .order_by(~mine, PlanVersion.submitted_at, Plan.id)
        .limit(limit)
    ).all()
    approved = _approved_versions(session, [plan.id for _mine, plan, *_rest in rows])
    return [
        Waiting(decides, plan, case, submitted, approved.get(plan.id), name, other_name)
        for decides, plan, case, submitted, name, other_name in rows
    ]


def to_decide(actor: Actor) -> Select[Plan]:
    """Return the select of the plans that wait for this very person."""
    mine = permissions.visible(actor, Plan, PlanPermission.DECIDE)
    return mine.where(Plan.state == PlanState.SUBMITTED)


def _approved_versions(session: Session, plan_ids: Sequence[UUID]) -> dict[UUID, PlanVersion]:
    found = session.scalars(
        select(PlanVersion)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.id.in_(plan_ids), PlanVersion.number == Plan.approved_version)
    )
    return {version.plan_id: version for version in found}


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a plan by somebody, as the trail has it; `title` of the step, if it stands."""

    at: datetime
    by: str
    for_whom: str | None
    action: str
    title: str
    fields: Sequence[str]


def edits_since(session: Session, plan: Plan, revision: int) -> list[Edit]:
    """Return what was edited after `revision`, oldest first."""
    other = aliased(User)
    rows = session.execute(
        select(AuditEvent, User.name, other.name)
        .join(User, User.id == AuditEvent.actor_id)
        .outerjoin(other, other.id == AuditEvent.for_id)
        .where(
            AuditEvent.case_id == plan.case_id,
            AuditEvent.action.startswith("plan:edit_"),
            AuditEvent.data["revision"].as_integer() > revision,
        )
        .order_by(AuditEvent.id)
    ).all()
    titles = _titles(session, plan)
    return [
        Edit(event.at, name, whom, event.action, titles.get(event.subject_id, ""), event.fields)
        for event, name, whom in rows
    ]


def _titles(session: Session, plan: Plan) -> dict[UUID | None, str]:
    steps: dict[UUID | None, str] = {}
    for milestone in session.scalars(select(Milestone).where(Milestone.plan_id == plan.id)):
        steps[milestone.id] = milestone.title
    lines = session.execute(
        select(PlanLine.id, PlanLine.milestone_id).where(PlanLine.case_id == plan.case_id)
    )
    return steps | {line_id: steps.get(step, "") for line_id, step in lines}


def open_milestones() -> Select[Milestone]:
    """Return the steps of approved plans that go on and are not reached, with their plans."""
    return (
        select(Milestone)
        .join(Milestone.plan)
        .options(contains_eager(Milestone.plan))
        .where(
            Milestone.removed_at.is_(None),
            Milestone.state.in_(OPEN_MILESTONE_STATES),
            Plan.approved_version.is_not(None),
            Plan.state != PlanState.CLOSED,
        )
    )


def due_milestones_of(
    session: Session, actor: Actor, *, due_until: date, limit: int
) -> Sequence[tuple[Milestone, CaseFile]]:
    """Return steps of the actor's own cases that end on or before a day, earliest first."""
    statement: Any = (
        open_milestones()
        .add_columns(CaseFile)
        .join(CaseFile, CaseFile.id == Milestone.case_id)
        .where(
            permissions.where(actor, Milestone, PlanPermission.VIEW),
            CaseFile.manager_id == actor.desk_id,
        )
        .where(Milestone.due_on <= due_until)
        .order_by(Milestone.due_on, Milestone.id)
        .limit(limit)
    )
    return [(milestone, case) for milestone, case in session.execute(statement)]


def due_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """Return how many steps of the actor's cases should be reached on each of these days."""
    rows = session.execute(
        open_milestones()
        .with_only_columns(Milestone.due_on, func.count(), maintain_column_froms=True)
        .where(permissions.where(actor, Milestone, PlanPermission.VIEW))
        .where(Milestone.due_on.between(first, last))
        .group_by(Milestone.due_on)
        .order_by(None)
    )
    return dict(rows.all())


def reviews_due_of(
    session: Session, actor: Actor, *, until: date, limit: int
) -> Sequence[tuple[Plan, CaseFile]]:
    """Return the plans of the actor's own cases whose review is due, the earliest first."""
    statement: Any = (
        reviews_due(until)
        .add_columns(CaseFile)
        .join(CaseFile, CaseFile.id == Plan.case_id)
        .where(
            permissions.where(actor, Plan, PlanPermission.VIEW),
            CaseFile.manager_id == actor.desk_id,
        )
        .limit(limit)
    )
    return [(plan, case) for plan, case in session.execute(statement)]


def reviews_due(until: date) -> Select[Plan]:
    """Return the plans whose review is due on or before a day, the earliest first."""
    return (
        select(Plan)
        .where(
            Plan.review_on <= until,
            or_(Plan.state == PlanState.APPROVED, Plan.state == PlanState.CHANGED),
        )
        .order_by(Plan.review_on, Plan.id)
    )


def returned_of(
    session: Session, actor: Actor, *, limit: int
) -> Sequence[tuple[PlanVersion, CaseFile]]:
    """Return the versions that were returned and not yet submitted again, of the own cases."""
    later = aliased(PlanVersion)
    rows = session.execute(
        select(PlanVersion, CaseFile)
        .join(CaseFile, CaseFile.id == PlanVersion.case_id)
        .where(
            permissions.where(actor, PlanVersion, PlanPermission.VIEW),
            PlanVersion.state == VersionState.RETURNED,
            CaseFile.manager_id == actor.desk_id,
            ~exists().where(
                later.plan_id == PlanVersion.plan_id, later.number > PlanVersion.number
            ),
        )
        .order_by(PlanVersion.decided_at)
        .limit(limit)
    )
    return [(found, case) for found, case in rows]
