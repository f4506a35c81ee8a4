"""Sending a plan, and deciding on it. Nobody decides on what they wrote or sent themselves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.services import case_moves
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.services.team import supervisors
from reintegration.cases.services.telling import tell
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import Actor
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from reintegration.kernel.signing import sign, signed, signers
from reintegration.plans.models import Plan, PlanLine, PlanVersion
from reintegration.plans.queries import plans, provision
from reintegration.plans.queries.snapshots import snapshot_of
from reintegration.plans.services import readiness
from reintegration.plans.services.plan_events import PlanApproved
from reintegration.plans.services.plan_moves import PLAN, VERSION, back
from reintegration.plans.states import REVIEW_AFTER, LineOrigin, VersionState


def submit(
    session: Session, plan: Plan, *, actor: Actor, revision: int, now: datetime
) -> PlanVersion:
    """Keep what stands in the plan as a version and lock it until somebody decides."""
    require_open(session, plan.case_id)
    lock(session, plan)
    if plan.revision != revision:
        raise Conflict(N_("The plan changed after you opened this page. Look at it again."))
    require_kept(session, plan.case_id, today=clock.local_day(now))
    assert actor.id is not None
    PLAN.fire(session, plan, "submit", actor=actor, now=now)
    sign(plan, "submitted_by", actor)
    last = plans.last_version(session, plan)
    version = PlanVersion(
        id=new_id(),
        plan_id=plan.id,
        case_id=plan.case_id,
        number=(last.number if last else 0) + 1,
        state=VersionState.SUBMITTED,
        snapshot=snapshot_of(plan),
        **signed("submitted_by", actor),
        written_by=list(plan.written_by),
        submitted_at=now,
    )
    session.add(version)
    session.flush()
    _tell_supervisors(session, plan, version, now=now)
    return version


def withdraw(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Take a version back before it was decided, to write on."""
    lock(session, plan)
    PLAN.fire(session, plan, back("withdraw", plan), actor=actor, now=now)
    VERSION.put(_submitted(session, plan), "withdraw")
    session.flush()


def approve(
    session: Session, plan: Plan, *, actor: Actor, number: int, comment: str = "", now: datetime
) -> None:
    """Put version `number` in force: its lines may be spent from now on.

    Raises Conflict when another version waits, or when less would be approved than was already
    promised or delivered.
    """
    case = lock(session, session.get_one(CaseFile, plan.case_id))
    require_open(session, plan.case_id)
    version = _take(session, plan, number)
    require_kept(session, plan.case_id, today=clock.local_day(now))
    for problem in readiness.without_money(session, plan, actor, on=clock.local_day(now)):
        raise Conflict(problem.message, **problem.params)
    today = clock.local_day(now)
    data = {"version": number, **stood(today, REVIEW_AFTER)}
    PLAN.fire(session, plan, "approve", actor=actor, now=now, data=data)
    for milestone in plan.milestones:
        for line in milestone.lines:
            if line.origin == LineOrigin.PLAN:
                _approve_line(session, line)
    plan.approved_version, plan.approved_at, plan.written_by = number, now, []
    plan.review_on = today + REVIEW_AFTER.on(today)
    session.flush()  # the lines before the version, as locks are taken
    _decide(version, "approve", actor, comment, now)
    session.flush()
    case_moves.work_begins(session, case, actor=actor, now=now)
    hooks.announce(session, PlanApproved(plan.id, plan.case_id, number, actor, now))
    message = N_("The plan of %(case)s is approved. Its services can be arranged.")
    _tell_manager(session, plan, f"plan:{plan.id}:{number}:approved", message, now=now)


def send_back(
    session: Session, plan: Plan, *, actor: Actor, number: int, comment: str, now: datetime
) -> None:
    """Return version `number` with a comment; what was approved before stays in force."""
    version = _take(session, plan, number)
    move = back("return", plan)
    PLAN.fire(session, plan, move, actor=actor, now=now, reason=comment, data={"version": number})
    _decide(version, "return", actor, comment, now)
    session.flush()
    message = N_("The plan of %(case)s came back with a comment. Read it and send it again.")
    _tell_manager(session, plan, f"plan:{plan.id}:{number}:returned", message, now=now)


def _take(session: Session, plan: Plan, number: int) -> PlanVersion:
    lock(session, plan)
    version = _submitted(session, plan)
    if version.number != number:
        raise Conflict(N_("Another version was sent meanwhile. Read that one."))
    return version


def _submitted(session: Session, plan: Plan) -> PlanVersion:
    version = session.scalar(
        select(PlanVersion).where(
            PlanVersion.plan_id == plan.id, PlanVersion.state == VersionState.SUBMITTED
        )
    )
    if version is None:
        raise Conflict(N_("No version of this plan waits for a decision."))
    return version


def _decide(version: PlanVersion, move: str, actor: Actor, comment: str, now: datetime) -> None:
    VERSION.put(version, move)
    version.comment = comment.strip()
    sign(version, "decided_by", actor)
    version.decided_at = now


def _approve_line(session: Session, line: PlanLine) -> None:
    """Put the working values in force; raise Conflict for less than is promised or delivered."""
    gone = line.removed_at is not None
    nothing = Money.zero(line.currency)
    ceiling = nothing if gone else line.ceiling
    if line.approved_ceiling and ceiling < line.approved_ceiling:
        _check_promises(session, line, ceiling)
    if line.units < line.approved_units and not gone:
        _check_units(session, line)
    line.approve()


def _check_promises(session: Session, line: PlanLine, ceiling: Money) -> None:
    promised = provision.committed(session, line)
    if line.removed_at is None and ceiling < promised:
        raise Conflict(
            N_(
                "“%(step)s”: %(promised)s are promised already, but only %(ceiling)s would be"
                " approved. Cancel a voucher first, or return the plan."
            ),
            code="below_committed",
            step=line.milestone.title,
            promised=promised,
            ceiling=ceiling,
        )


def _check_units(session: Session, line: PlanLine) -> None:
    """Raise Conflict for fewer units than are on vouchers or delivered, whatever they cost.

    No voucher is made meanwhile: it would wait for the case.
    """
    promised = provision.units_promised_on(session, line)
    if line.units < promised:
        raise Conflict(
            N_(
                "“%(step)s”: %(promised)s are on vouchers or delivered already, but only %(units)s"
                " would be approved. Cancel a voucher first, or return the plan."
            ),
            code="below_committed",
            step=line.milestone.title,
            promised=promised,
            units=line.units,
        )


def _tell_supervisors(session: Session, plan: Plan, version: PlanVersion, *, now: datetime) -> None:
    case = session.get_one(CaseFile, plan.case_id)
    others = set(supervisors(case, now)) - signers(version, "submitted_by")
    key, link = f"plan:{plan.id}:{version.number}:submitted", f"/cases/{case.id}/plan/decision"
    message = N_("The plan of %(case)s waits for your decision.")
    tell(session, case, others, key, message, now=now, link=link)


def _tell_manager(session: Session, plan: Plan, key: str, message: str, *, now: datetime) -> None:
    case = session.get_one(CaseFile, plan.case_id)
    tell(session, case, [case.manager_id], key, message, now=now, link=f"/cases/{case.id}/plan")
