"""Writing the plan: its steps and what they wait for. Services of a step: `plan_lines`.

Every edit names the revision that its author read. A plan that waits for a decision is locked;
an approved one becomes `changed`, while what was approved stays in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from reintegration.cases.models import CaseFile
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.codelists.life_domains import Domain
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, signed, with_writers
from reintegration.plans.models import Goal, Milestone, MilestoneDependency, Plan, PlanLine
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import provision, schedule
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.services.plan_moves import PLAN
from reintegration.plans.states import LineOrigin, PlanState


class Stale(Conflict):
    """Somebody else edited the plan after the author had read it."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(N_("Somebody changed the plan while you were typing."))


@dataclass(frozen=True, slots=True)
class Step:
    """What a person writes about a step."""

    title: str
    domain: Domain
    starts_on: date
    due_on: date
    goal_id: UUID | None = None
    waits_for: frozenset[UUID] = frozenset()


def start_plan(session: Session, case: CaseFile, *, actor: Actor, now: datetime) -> Plan:
    """Begin the one plan of a case; return the one that is there already."""
    permissions.demand(actor, PlanPermission.EDIT, case)
    require_open(session, case.id)
    found = session.scalar(select(Plan).where(Plan.case_id == case.id))
    if found is not None:
        return found
    require_kept(session, case.id, today=local_day(now))
    plan = Plan(
        id=new_id(),
        case_id=case.id,
        state=PLAN.initial,
        **signed("last_edited_by", actor),
        written_by=with_writers((), actor),
        created_at=now,
        updated_at=now,
    )
    session.add(plan)
    session.flush()
    note_edit(session, plan, plan.id, "start", actor=actor, now=now)
    return plan


def lock_for_editing(
    session: Session, plan: Plan, *, actor: Actor, revision: int, now: datetime
) -> None:
    """Take the plan for one edit, or raise Stale, Conflict or NotPermitted.

    The row lock makes two edits at once wait for each other: the second is then stale.
    """
    permissions.demand(actor, PlanPermission.EDIT, plan)
    require_open(session, plan.case_id)
    lock(session, plan)
    if plan.state == PlanState.SUBMITTED:
        raise Conflict(N_("The plan waits for a decision. Take it back before you change it."))
    if plan.state == PlanState.CLOSED:
        raise Conflict(N_("The plan is closed."))
    require_kept(session, plan.case_id, today=local_day(now))
    if plan.revision != revision:
        raise Stale
    if plan.state == PlanState.APPROVED:
        PLAN.fire(session, plan, "change", actor=actor, now=now)
    sign(plan, "last_edited_by", actor)
    plan.updated_at, plan.written_by = now, with_writers(plan.written_by, actor)
    flag_modified(plan, "updated_at")  # each edit counts one revision, also within one instant


def add_milestone(
    session: Session, plan: Plan, *, actor: Actor, step: Step, revision: int, now: datetime
) -> Milestone:
    """Add a step; raise Invalid when its days or what it waits for cannot be."""
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    milestone = Milestone(id=new_id(), plan_id=plan.id, case_id=plan.case_id, created_at=now)
    _write(session, plan, milestone, step)
    session.add(milestone)
    session.flush()
    session.expire(plan, ["milestones"])
    note_edit(session, plan, milestone.id, "milestone_added", actor=actor, now=now)
    return milestone


def edit_milestone(
    session: Session,
    milestone: Milestone,
    *,
    actor: Actor,
    step: Step,
    revision: int,
    now: datetime,
) -> None:
    """Change a step; its state is moved by `milestones`, not here."""
    plan = milestone.plan
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    changed = _changed(milestone, step)
    _write(session, plan, milestone, step)
    session.flush()
    note_edit(session, plan, milestone.id, "milestone", actor=actor, now=now, fields=changed)


def remove_milestone(
    session: Session, milestone: Milestone, *, actor: Actor, revision: int, now: datetime
) -> None:
    """Take a step and its services out of the plan; raise Conflict while anything is open."""
    plan = milestone.plan
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    for line in milestone.lines:
        if line.removed_at is None:
            take_out(session, line, now=now)
    milestone.removed_at, milestone.goal_id = now, None
    for other in live_milestones(plan):
        other.dependencies = [
            waits for waits in other.dependencies if waits.depends_on_id != milestone.id
        ]
    milestone.dependencies = []
    session.flush()
    note_edit(session, plan, milestone.id, "milestone_removed", actor=actor, now=now)


def must_be_planned(line: PlanLine) -> None:
    """Raise Conflict for a service that an emergency start brought."""
    if line.origin == LineOrigin.EMERGENCY:
        raise Conflict(
            N_("This service belongs to an emergency start: its decision changes it, not the plan.")
        )


def take_out(session: Session, line: PlanLine, *, now: datetime) -> None:
    """Take a service out of the plan; raise Conflict while a voucher or referral is open on it."""
    must_be_planned(line)
    for sentence in provision.open_on_line(session, line):
        raise Conflict(N_("This cannot be taken out yet: %(what)s"), code="exposure", what=sentence)
    line.removed_at = now


def close(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Close the plan with its case."""
    PLAN.fire(session, plan, "close", actor=actor, now=now)


def note_edit(
    session: Session,
    plan: Plan,
    subject_id: UUID,
    what: str,
    *,
    actor: Actor,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    """Put an edit into the trail with the revision that it made, so that others can be told."""
    session.flush()
    audit.record(
        session,
        f"plan:edit_{what}",
        audit.Subject("plan", subject_id, plan.case_id),
        actor=actor,
        now=now,
        fields=fields,
        data={"revision": plan.revision},
    )


def _write(session: Session, plan: Plan, milestone: Milestone, step: Step) -> None:
    if not step.title.strip():
        raise Invalid(N_("Give the step a name."), code="title", field="title")
    if step.due_on < step.starts_on:
        raise Invalid(N_("The last day lies before the first."), code="due_on", field="due_on")
    if step.goal_id is not None:
        goal = session.get(Goal, step.goal_id)
        if goal is None or goal.case_id != plan.case_id:
            raise Invalid(
                N_("Choose one of the goals of this person."), code="goal_id", field="goal_id"
            )
    _check_order(plan, milestone, step)
    milestone.title, milestone.domain = step.title.strip(), step.domain
    milestone.starts_on, milestone.due_on = step.starts_on, step.due_on
    milestone.goal_id = step.goal_id
    kept = {waits.depends_on_id: waits for waits in milestone.dependencies}
    milestone.dependencies = [
        kept.get(earlier)
        or MilestoneDependency(
            milestone_id=milestone.id, depends_on_id=earlier, case_id=plan.case_id
        )
        for earlier in sorted(step.waits_for)
    ]


def _check_order(plan: Plan, milestone: Milestone, step: Step) -> None:
    others = {other.id: other for other in live_milestones(plan) if other.id != milestone.id}
    if not step.waits_for <= others.keys():
        raise Invalid(
            N_("A step can wait only for other steps of this plan."),
            code="waits_for",
            field="waits_for",
        )
    waits: dict[UUID, Iterable[UUID]] = {
        other.id: [earlier.depends_on_id for earlier in other.dependencies]
        for other in others.values()
    }
    waits[milestone.id] = step.waits_for
    found = schedule.circle(waits)
    if found is not None:
        names = [others[step_id].title for step_id in found if step_id in others]
        raise Invalid(
            N_("These steps would wait for each other without end: %(steps)s."),
            code="waits_for",
            field="waits_for",
            steps=", ".join([*names, step.title]),
        )


def _changed(milestone: Milestone, step: Step) -> list[str]:
    before = {
        "title": milestone.title,
        "domain": milestone.domain,
        "goal_id": milestone.goal_id,
        "starts_on": milestone.starts_on,
        "due_on": milestone.due_on,
        "waits_for": frozenset(waits.depends_on_id for waits in milestone.dependencies),
    }
    return [name for name, value in before.items() if value != getattr(step, name)]
