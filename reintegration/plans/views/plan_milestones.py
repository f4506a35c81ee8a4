"""Steps of the plan: adding, changing and taking out, and saying that one is reached."""

from uuid import UUID

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.cases.models import CaseFile
from reintegration.cases.queries import cases
from reintegration.cases.views.frame import may_write
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.papers.forms import PagesForm
from reintegration.papers.views.panel import panel, taken
from reintegration.plans.forms.plans import (
    EvidenceForm,
    MilestoneForm,
    NewMilestoneForm,
    PlanEditForm,
    ReasonForm,
    RemoveForm,
)
from reintegration.plans.models import Milestone, Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import needs, plans
from reintegration.plans.queries.schedule import overlaps
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.services import milestone_papers, planning
from reintegration.plans.services import milestones as moving
from reintegration.plans.services.milestone_moves import MILESTONE
from reintegration.plans.states import PlanState
from reintegration.plans.views import bp, plan_text
from reintegration.plans.views.plan import case_of, load_plan
from reintegration.plans.views.plan_stale import clash
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_LOCKED = {PlanState.SUBMITTED, PlanState.CLOSED}
_STEP = "/<uuid:case_id>/plan/milestones/<uuid:milestone_id>"
_WITH_WORDS = {"complete", "not_complete", "cancel"}


def load_milestone(case_id: UUID, milestone_id: UUID) -> Milestone:
    """Return the step of the address; outside the caseload there is nothing."""
    return plans.milestone_or_404(session(), current_actor(), case_id, milestone_id)


def load_move(case_id: UUID, milestone_id: UUID, move: str) -> "MilestoneMove":
    """Return the step with the move that is asked for; one that needs no words has no page."""
    if move not in _WITH_WORDS:
        abort(404)
    return MilestoneMove(load_milestone(case_id, milestone_id), move)


class MilestoneMove:
    """A step and a move of it, as the subject of a permission."""

    def __init__(self, milestone: Milestone, move: str) -> None:
        self.milestone, self.move, self.case_id = milestone, move, milestone.case_id


@bp.form("/<uuid:case_id>/plan/milestones/new", PlanPermission.EDIT, load=load_plan)
def milestone_new(plan: Plan) -> Asking:
    """Add a step; how much of its first service comes next."""
    today = clock.local_day(clock.now())
    form = NewMilestoneForm(revision=plan.revision, starts_on=today)
    _offer(form, plan, None)
    yield Ask(lambda: _form(plan, None, form), form)
    step = _add(plan, form)
    named = {"category": form.category.data} if form.category.data else {}
    return Next(
        url_for("plans.line_choose", case_id=step.case_id, milestone=step.id, **named),
        _("The step is in the plan. Add the services that it needs."),
    )


def _add(plan: Plan, form: MilestoneForm) -> Milestone:
    step = planning.add_milestone(
        session(), plan, step=form.step(), revision=form.read_revision, **acting()
    )
    _warn(plan)
    return step


@bp.page(_STEP, PlanPermission.VIEW, load=load_milestone)
def milestone(milestone: Milestone) -> ResponseReturnValue:
    """Show a step: how far it is, what can be said about it, and its own form."""
    return _page(milestone)


@bp.form(f"{_STEP}/edit", PlanPermission.EDIT, load=load_milestone)
def milestone_edit(milestone: Milestone) -> Asking:
    """Change a step, unless somebody changed the plan meanwhile."""
    plan = milestone.plan
    form = MilestoneForm(revision=str(plan.revision))
    _offer(form, plan, milestone)
    if form.is_fresh:
        form.show(milestone)
    yield Ask(lambda: _form(plan, milestone, form), form)
    _save(milestone, form)
    return Next(url_for("plans.plan", case_id=plan.case_id), _("The step is changed."))


def _save(milestone: Milestone, form: MilestoneForm) -> None:
    planning.edit_milestone(
        session(), milestone, step=form.step(), revision=form.read_revision, **acting()
    )
    _warn(milestone.plan)


@bp.form(f"{_STEP}/remove", PlanPermission.EDIT, load=load_milestone)
def milestone_remove(milestone: Milestone) -> Asking:
    """Take a step out of the plan."""
    form = RemoveForm(revision=milestone.plan.revision)
    yield Ask(lambda: _removing(milestone, form), form)
    planning.remove_milestone(session(), milestone, revision=form.read_revision, **acting())
    return Next(
        url_for("plans.plan", case_id=milestone.case_id), _("The step is taken out of the plan.")
    )


@bp.form(f"{_STEP}/<move>", PlanPermission.MOVE_MILESTONE, load=load_move)
def milestone_move(asked: MilestoneMove) -> Asking:
    """Say that a step is reached, was not reached, or is dropped, and why."""
    form = _words_for(asked.move)
    yield Ask(lambda: _moving(asked, form), form)
    if isinstance(form, EvidenceForm):
        evidence, on = form.evidence.data or "", given(form.on.data)
        moving.complete(session(), asked.milestone, evidence=evidence, on=on, **acting())
    else:
        reason = form.reason.data or ""
        moving.give_up(session(), asked.milestone, move=asked.move, reason=reason, **acting())
    return Next(_home(asked.milestone), str(_WRITTEN_DOWN))


@bp.act(f"{_STEP}/begin", PlanPermission.MOVE_MILESTONE, load=load_milestone)
def milestone_begin(milestone: Milestone) -> Next:
    """Say that a step has begun."""
    moving.begin(session(), milestone, **acting())
    return Next(_home(milestone), str(_WRITTEN_DOWN))


@bp.act(f"{_STEP}/reopen", PlanPermission.MOVE_MILESTONE, load=load_milestone)
def milestone_reopen(milestone: Milestone) -> Next:
    """Say that a step goes on."""
    moving.reopen(session(), milestone, **acting())
    return Next(_home(milestone), _("The step goes on."))


@bp.act(f"{_STEP}/papers", PlanPermission.MOVE_MILESTONE, load=load_milestone)
def milestone_papers_add(milestone: Milestone) -> Asking:
    """Take what shows that a step is reached as a paper."""
    held = milestone_papers.held_by(milestone)
    return (yield from taken(held, lambda form: _page(milestone, form)))


_WRITTEN_DOWN = _l("It is written down. You can open the step again if this was a mistake.")


def _home(milestone: Milestone) -> str:
    return url_for("plans.milestone", case_id=milestone.case_id, milestone_id=milestone.id)


def _words_for(move: str) -> EvidenceForm | ReasonForm:
    if move == "complete":
        return EvidenceForm(on=clock.local_day(clock.now()))
    return ReasonForm()


def _page(found: Milestone, pages: PagesForm | None = None) -> str:
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
        asks=_WITH_WORDS,
        papers=panel(milestone_papers.held_by(found), action=_papers_url(case, found), form=pages),
        editable=plan.state not in _LOCKED and may_write(case, PlanPermission.EDIT),
    )


def _papers_url(case: CaseFile, found: Milestone) -> str | None:
    if not may_write(case, PlanPermission.MOVE_MILESTONE):
        return None
    return url_for("plans.milestone_papers_add", case_id=case.id, milestone_id=found.id)


def _form(plan: Plan, found: Milestone | None, form: MilestoneForm) -> str:
    return render_template(
        "reintegration/plans/milestone_form.html",
        case=case_of(plan),
        milestone=found,
        form=form,
        stale=_clash(plan, found, form),
        locked=plan.state in _LOCKED,
    )


def _removing(found: Milestone, form: PlanEditForm) -> str:
    form.catch_up(found.plan.revision)
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


def _clash(plan: Plan, found: Milestone | None, form: MilestoneForm) -> dict[str, object] | None:
    """Return how what was typed differs from what somebody else wrote meanwhile."""
    if not isinstance(form.refused, planning.Stale):
        return None
    stored = None
    if found is not None:
        stored = MilestoneForm(formdata=None)
        _offer(stored, plan, found)
        stored.show(found)
    return clash(plan, form, stored)


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
