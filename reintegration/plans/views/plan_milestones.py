"""Steps of the plan: adding, changing and taking out, and saying that one is reached."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.models import CaseFile
from reintegration.cases.queries import cases
from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.plans.forms.plans import (
    EvidenceForm,
    MilestoneForm,
    PlanEditForm,
    ReasonForm,
    RemoveForm,
)
from reintegration.plans.models import Milestone, Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import needs, plans
from reintegration.plans.queries.schedule import overlaps
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.services import milestones as moving
from reintegration.plans.services import planning
from reintegration.plans.services.milestone_moves import MILESTONE
from reintegration.plans.states import PlanState
from reintegration.plans.views import bp, plan_text
from reintegration.plans.views.plan import case_of, load_plan
from reintegration.plans.views.plan_stale import clash
from reintegration.web.current import current_actor
from reintegration.web.requires import requires
from reintegration.web.transactional import transactional

_LOCKED = {PlanState.SUBMITTED.value, PlanState.CLOSED.value}


def load_milestone(case_id: UUID, milestone_id: UUID) -> Milestone:
    """Return the step of the address; outside the caseload there is nothing."""
    return plans.milestone_or_404(session(), current_actor(), case_id, milestone_id)


def load_move(case_id: UUID, milestone_id: UUID, move: str) -> "MilestoneMove":
    """Return the step with the move that is asked for; an unknown move is nothing."""
    if move not in MILESTONE.moves:
        abort(404)
    return MilestoneMove(load_milestone(case_id, milestone_id), move)


class MilestoneMove:
    """A step and a move of it, as the subject of a permission."""

    def __init__(self, milestone: Milestone, move: str) -> None:
        self.milestone, self.move, self.case_id = milestone, move, milestone.case_id


@bp.get("/<uuid:case_id>/plan/milestones/new")
@requires(PlanPermission.EDIT, load=load_plan)
def milestone_new(plan: Plan) -> ResponseReturnValue:
    """Show the form for a step."""
    today = clock.local_day(clock.now())
    form = MilestoneForm(revision=plan.revision, starts_on=today)
    return _form(plan, None, form)


@bp.post("/<uuid:case_id>/plan/milestones/new")
@requires(PlanPermission.EDIT, load=load_plan)
@transactional
def milestone_add(plan: Plan) -> ResponseReturnValue:
    """Add a step."""
    form, case_id = MilestoneForm(), plan.case_id
    _offer(form, plan, None)
    if not form.validate():
        return _form(plan, None, form), 422
    try:
        milestone = planning.add_milestone(
            session(),
            plan,
            actor=current_actor(),
            step=form.step(),
            revision=form.read_revision,
            now=clock.now(),
        )
    except DomainError as error:
        return _refused(plan, None, form, error)
    _warn(plan)
    flash(_("The step is in the plan. Add the services that it needs."), "success")
    return redirect(url_for("plans.line_choose", case_id=case_id, milestone=milestone.id))


@bp.get("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>")
@requires(PlanPermission.VIEW, load=load_milestone)
def milestone(milestone: Milestone) -> ResponseReturnValue:
    """Show a step: how far it is, what can be said about it, and its own form."""
    return _page(milestone)


@bp.get("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/edit")
@requires(PlanPermission.EDIT, load=load_milestone)
def milestone_edit(milestone: Milestone) -> ResponseReturnValue:
    """Show the form with what stands in the plan."""
    plan = milestone.plan
    form = MilestoneForm(formdata=None, revision=str(plan.revision))
    form.show(milestone)
    return _form(plan, milestone, form)


@bp.post("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/edit")
@requires(PlanPermission.EDIT, load=load_milestone)
@transactional
def milestone_save(milestone: Milestone) -> ResponseReturnValue:
    """Change a step, unless somebody changed the plan meanwhile."""
    plan, form = milestone.plan, MilestoneForm()
    _offer(form, plan, milestone)
    if not form.validate():
        return _form(plan, milestone, form), 422
    try:
        planning.edit_milestone(
            session(),
            milestone,
            actor=current_actor(),
            step=form.step(),
            revision=form.read_revision,
            now=clock.now(),
        )
    except DomainError as error:
        return _refused(plan, milestone, form, error)
    _warn(plan)
    flash(_("The step is changed."), "success")
    return redirect(url_for("plans.plan", case_id=plan.case_id))


@bp.get("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/remove")
@requires(PlanPermission.EDIT, load=load_milestone)
def milestone_removing(milestone: Milestone) -> ResponseReturnValue:
    """Ask before a step and its services are taken out."""
    return _removing(milestone, RemoveForm(revision=milestone.plan.revision))


@bp.post("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/remove")
@requires(PlanPermission.EDIT, load=load_milestone)
@transactional
def milestone_remove(milestone: Milestone) -> ResponseReturnValue:
    """Take a step out of the plan."""
    form, case_id = RemoveForm(), milestone.case_id
    try:
        planning.remove_milestone(
            session(),
            milestone,
            actor=current_actor(),
            revision=form.read_revision,
            now=clock.now(),
        )
    except DomainError as error:
        session().expire_all()
        form.refuse(error)
        form.revision.data = str(milestone.plan.revision)
        return _removing(milestone, form), error.status
    flash(_("The step is taken out of the plan."), "success")
    return redirect(url_for("plans.plan", case_id=case_id))


@bp.get("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/<move>")
@requires(PlanPermission.MOVE_MILESTONE, load=load_move)
def milestone_moving(asked: MilestoneMove) -> ResponseReturnValue:
    """Ask for the evidence or the reason that a move needs."""
    if asked.move not in {"complete", "not_complete", "cancel"}:
        abort(404)
    form = (
        EvidenceForm(on=clock.local_day(clock.now())) if asked.move == "complete" else ReasonForm()
    )
    return _moving(asked, form)


@bp.post("/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/<move>")
@requires(PlanPermission.MOVE_MILESTONE, load=load_move)
@transactional
def milestone_move(asked: MilestoneMove) -> ResponseReturnValue:
    """Say that a step has begun, is reached, was not reached, is dropped, or goes on."""
    form = EvidenceForm() if asked.move == "complete" else ReasonForm()
    needs_words = asked.move in {"complete", "not_complete", "cancel"}
    if needs_words and not form.validate():
        return _moving(asked, form), 422
    try:
        _make(asked, form)
    except DomainError as error:
        if not needs_words:
            raise
        form.refuse(error, "on" if error.code == "on" else None)
        return _moving(asked, form), error.status
    flash(
        _("It is written down. You can open the step again if this was a mistake.")
        if asked.move != "reopen"
        else _("The step goes on."),
        "success",
    )
    return redirect(
        url_for("plans.milestone", case_id=asked.case_id, milestone_id=asked.milestone.id)
    )


def _make(asked: MilestoneMove, form: EvidenceForm | ReasonForm) -> None:
    actor, now, found = current_actor(), clock.now(), asked.milestone
    if asked.move == "begin":
        moving.begin(session(), found, actor=actor, now=now)
    elif asked.move == "reopen":
        moving.reopen(session(), found, actor=actor, now=now)
    elif isinstance(form, EvidenceForm):
        moving.complete(
            session(),
            found,
            actor=actor,
            evidence=form.evidence.data or "",
            on=form.on.data or clock.local_day(now),
            now=now,
        )
    else:
        moving.give_up(
            session(), found, actor=actor, move=asked.move, reason=form.reason.data or "", now=now
        )


def _page(found: Milestone) -> str:
    actor, today = current_actor(), clock.local_day(clock.now())
    plan = found.plan
    status, tone = plan_text.standing(found, today)
    case = _case(found)
    lines = [line for line in found.lines if line.removed_at is None]
    return render_template(
        "reintegration/plans/milestone.html",
        case=case,
        milestone=found,
        status=status,
        tone=tone,
        evidence=plan_text.evidence(found),
        waits_for=_waits(plan, found),
        services=[
            {
                "name": plan_text.service_name(line),
                "progress": plan_text.progress(line),
                "line": line,
            }
            for line in lines
        ],
        moves=[(name, MILESTONE.moves[name].label) for name in MILESTONE.available(found, actor)],
        asks={"complete", "not_complete", "cancel"},
        editable=plan.state not in _LOCKED
        and permissions.permits(actor, PlanPermission.EDIT, plan),
    )


def _form(plan: Plan, found: Milestone | None, form: MilestoneForm, stale: object = None) -> str:
    _offer(form, plan, found)
    return render_template(
        "reintegration/plans/milestone_form.html",
        case=case_of(plan),
        milestone=found,
        form=form,
        stale=stale,
        locked=plan.state in _LOCKED,
    )


def _removing(found: Milestone, form: PlanEditForm) -> str:
    return render_template(
        "reintegration/plans/remove.html",
        case=_case(found),
        form=form,
        title=found.title,
        action=url_for("plans.milestone_remove", case_id=found.case_id, milestone_id=found.id),
        services=[plan_text.service_name(ln) for ln in found.lines if ln.removed_at is None],
        is_step=True,
    )


def _moving(asked: MilestoneMove, form: EvidenceForm | ReasonForm) -> str:
    return render_template(
        "reintegration/plans/milestone_move.html",
        case=_case(asked.milestone),
        milestone=asked.milestone,
        move=asked.move,
        label=MILESTONE.moves[asked.move].label,
        form=form,
    )


def _refused(
    plan: Plan, found: Milestone | None, form: MilestoneForm, error: DomainError
) -> ResponseReturnValue:
    session().expire_all()
    stale = None
    if isinstance(error, planning.Stale):
        stored = None
        if found is not None:
            stored = MilestoneForm(formdata=None)
            _offer(stored, plan, found)
            stored.show(found)
        stale = clash(plan, form, stored)
    else:
        form.refuse(error, error.code if error.code in form else None)
    return _form(plan, found, form, stale), error.status


def _offer(form: MilestoneForm, plan: Plan, found: Milestone | None) -> None:
    others = [other for other in live_milestones(plan) if found is None or other.id != found.id]
    form.offer(needs.goals_of(session(), plan.case_id), others)


def _warn(plan: Plan) -> None:
    """Say which steps begin before what they wait for ends: a warning, not a refusal."""
    for step, earlier in overlaps(live_milestones(plan)):
        flash(
            _(
                "“%(step)s” begins before “%(earlier)s” ends, and waits for it. Check the days.",
                step=step.title,
                earlier=earlier.title,
            ),
            "warning",
        )


def _waits(plan: Plan, found: Milestone) -> list[str]:
    titles = {milestone.id: milestone.title for milestone in plan.milestones}
    return [titles[waits.depends_on_id] for waits in found.dependencies]


def _case(found: Milestone) -> CaseFile:
    return cases.case_or_404(session(), current_actor(), found.case_id)
