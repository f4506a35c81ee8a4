"""Services of the plan: choosing which, then how many and at what price."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import whom_to_ask
from reintegration.cases.queries import cases
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.plans.forms.plans import CategoryForm, LineForm, RemoveForm
from reintegration.plans.models import Milestone, Plan, PlanLine
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import plans, provision
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.services import plan_lines, planning
from reintegration.plans.views import bp, plan_text, price_text
from reintegration.plans.views.plan import case_of, load_plan
from reintegration.plans.views.plan_milestones import load_milestone
from reintegration.plans.views.plan_stale import clash
from reintegration.web import parameters, slots
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def load_line(case_id: UUID, line_id: UUID) -> PlanLine:
    """Return the service of the address; outside the caseload there is nothing."""
    line = plans.line_or_404(session(), current_actor(), line_id)
    if line.case_id != case_id:
        raise NotFound
    return line


@bp.page("/<uuid:case_id>/plan/lines/new", PlanPermission.EDIT, load=load_plan)
def line_choose(plan: Plan) -> ResponseReturnValue:
    """Ask for which step, and which service; what follows from it comes next."""
    steps = live_milestones(plan)
    if not steps:
        return redirect(url_for("plans.milestone_new", case_id=plan.case_id))
    form = CategoryForm(formdata=None, data=parameters.those("milestone", "category"))
    form.offer(steps)
    milestone_id, category = parameters.identifier("milestone"), parameters.text("category")
    if milestone_id and category:
        return redirect(
            url_for(
                "plans.line_new", case_id=plan.case_id, milestone_id=milestone_id, category=category
            )
        )
    return render_template("reintegration/plans/line_choose.html", case=case_of(plan), form=form)


@bp.form(
    "/<uuid:case_id>/plan/milestones/<uuid:milestone_id>/lines/new",
    PlanPermission.EDIT,
    load=load_milestone,
)
def line_new(milestone: Milestone) -> Asking:
    """Add a service to a step."""
    category = _category()
    if category is None:
        return Next(url_for("plans.line_choose", case_id=milestone.case_id, milestone=milestone.id))
    form = LineForm(revision=str(milestone.plan.revision), unit=category.unit, units=1)
    _offer(form, milestone, category)
    yield Ask(lambda: _form(milestone, None, category, form), form)
    plan_lines.add_line(
        session(),
        milestone,
        category=category,
        service=form.service(),
        revision=form.read_revision,
        **acting(),
    )
    return Next(
        url_for("plans.plan", case_id=milestone.case_id),
        _("The service is in the plan. It can be arranged once the plan is approved."),
    )


@bp.form("/<uuid:case_id>/plan/lines/<uuid:line_id>", PlanPermission.EDIT, load=load_line)
def line_edit(line: PlanLine) -> Asking:
    """Change a service, unless somebody changed the plan meanwhile."""
    category = line.category
    form = LineForm(revision=str(line.milestone.plan.revision))
    if form.is_fresh:
        form.show(line)
    _offer(form, line.milestone, category)
    yield Ask(lambda: _form(line.milestone, line, category, form), form)
    plan_lines.edit_line(
        session(), line, service=form.service(), revision=form.read_revision, **acting()
    )
    return Next(
        url_for("plans.plan", case_id=line.case_id),
        _("The service is changed. What was approved before stays in force until a new approval.")
        if line.is_approved
        else _("The service is changed."),
    )


@bp.form("/<uuid:case_id>/plan/lines/<uuid:line_id>/remove", PlanPermission.EDIT, load=load_line)
def line_remove(line: PlanLine) -> Asking:
    """Take a service out of the plan; refused while something is open on it."""
    form = RemoveForm(revision=line.milestone.plan.revision)
    yield Ask(lambda: _removing(line, form), form)
    plan_lines.remove_line(session(), line, revision=form.read_revision, **acting())
    return Next(
        url_for("plans.plan", case_id=line.case_id), _("The service is taken out of the plan.")
    )


def _category() -> ServiceCategory | None:
    asked = parameters.choice("category", ServiceCategory)
    return ServiceCategory(asked) if asked else None


def _form(
    milestone: Milestone, found: PlanLine | None, category: ServiceCategory, form: LineForm
) -> str:
    rule = category
    case = cases.case_or_404(session(), current_actor(), milestone.case_id)
    today = clock.local_day(clock.now())
    prices = provision.prices_asked(session(), [category], case.territorial_unit, today)
    return render_template(
        "reintegration/plans/line_form.html",
        case=case,
        prices=price_text.asked(prices, case.territorial_unit) or [price_text.nobody(category)],
        too_low=price_text.warnings([found], prices) if found else [],
        who_fits=slots.collect(
            "plan_service.who_fits", milestone=milestone, category=category, line=found
        ),
        milestone=milestone,
        line=found,
        category=category,
        category_label=rule.label,
        proof=rule.proof,
        is_value=form.unit.data == "amount",
        form=form,
        preparers=""
        if form.budget_line_id.choices
        else whom_to_ask(session(), Role.FINANCE_PREPARER),
        stale=_clash(milestone, found, form),
        unpaid=_unpaid(found, form),
    )


def _unpaid(found: PlanLine | None, form: LineForm) -> bool:
    """Whether the budget line that a service has may no longer pay for it, and others may."""
    offered = [value for value, *_shown in form.budget_line_id.iter_choices() if value]
    return found is not None and bool(offered) and str(found.budget_line_id) not in offered


def _removing(found: PlanLine, form: RemoveForm) -> str:
    form.catch_up(found.milestone.plan.revision)
    return render_template(
        "reintegration/plans/remove.html",
        case=cases.case_or_404(session(), current_actor(), found.case_id),
        form=form,
        title=plan_text.service_name(found),
        action=url_for("plans.line_remove", case_id=found.case_id, line_id=found.id),
        services=[],
        is_step=False,
    )


def _clash(
    milestone: Milestone, found: PlanLine | None, form: LineForm
) -> dict[str, object] | None:
    """Return how what was typed differs from what somebody else wrote meanwhile."""
    if not isinstance(form.refused, planning.Stale):
        return None
    stored = None
    if found is not None:
        stored = LineForm(formdata=None)
        stored.show(found)
        _offer(stored, milestone, found.category)
    return clash(milestone.plan, form, stored)


def _offer(form: LineForm, milestone: Milestone, category: ServiceCategory) -> None:
    """Offer the budget lines that may pay for this service, for this person, in this step."""
    today = clock.local_day(clock.now())
    case = cases.case_or_404(session(), current_actor(), milestone.case_id)
    wanted = provision.wanted_in(case, milestone, category, on=today)
    choices = provision.budget_choices(session(), current_actor(), today).values()
    form.offer([choice for choice in choices if choice.pays(wanted)])
