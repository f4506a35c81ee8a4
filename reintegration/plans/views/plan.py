"""The plan of a case: looking at it, beginning, printing, sending it and taking it back.

The page asks floors above once each, whatever the number of services, so that it costs a constant
number of queries (the values stand in `queries.provision`):

- `plan_line.actions` (case, lines, actor) gives, for all lines at once, items with
  `.plan_line_id, .label, .url, .status, .tone, .primary`: what can be done next ("Find a
  provider") and where it stands ("Voucher issued");
- `plan.money` (case_id) gives items with `.plan_line_id, .paid, .delivered, .committed` (Money).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.cases.models import CaseFile
from reintegration.cases.queries import cases
from reintegration.cases.views.frame import load_case, may_write, shell
from reintegration.codelists.spoken_languages import written_in
from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.plans.forms.plans import ReviewForm, SendForm
from reintegration.plans.models import Plan, PlanLine
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import plans, provision
from reintegration.plans.queries.differences import compare
from reintegration.plans.queries.snapshots import live_lines, live_milestones, snapshot_of
from reintegration.plans.services import approval, planning, readiness, reviewing
from reintegration.plans.states import REVIEW_AFTER, LineOrigin, MilestoneState, PlanState
from reintegration.plans.views import bp, plan_budget, plan_page, plan_text, plan_todo, price_text
from reintegration.plans.views.plan_difference import shown
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import day
from reintegration.web.forms import given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_WRITABLE = {PlanState.DRAFT, PlanState.APPROVED, PlanState.CHANGED}
_SENDABLE = {PlanState.DRAFT, PlanState.CHANGED}


def load_plan(case_id: UUID) -> Plan:
    """Return the plan of the address; outside the caseload there is nothing."""
    return plans.plan_or_404(session(), current_actor(), case_id)


def case_of(plan: Plan) -> CaseFile:
    """Return the case that a plan belongs to."""
    return cases.case_or_404(session(), current_actor(), plan.case_id)


@bp.page("/<uuid:case_id>/plan", PlanPermission.VIEW, load=load_case)
def plan(case: CaseFile) -> ResponseReturnValue:
    """Show the plan: over time, step by step, in money, and what to do now."""
    found = plans.plan_of(session(), case.id)
    if found is None:
        return render_template("reintegration/plans/none.html", **shell(case, "plans.plan"))
    return render_template("reintegration/plans/plan.html", **_page(case, found, clock.now()))


@bp.act("/<uuid:case_id>/plan", PlanPermission.EDIT, load=load_case)
def plan_start(case: CaseFile) -> Next:
    """Begin the plan, and go to its first step."""
    planning.start_plan(session(), case, **acting())
    return Next(url_for("plans.milestone_new", case_id=case.id))


@bp.page("/<uuid:case_id>/plan/print", PlanPermission.VIEW, load=load_plan)
def plan_print(plan: Plan) -> ResponseReturnValue:
    """Show the plan for the person: plain words, and nothing that tells what happened."""
    return render_template(
        "reintegration/plans/print.html",
        plan=plan,
        steps=[
            {
                "title": milestone.title,
                "until": milestone.due_on,
                "reached": milestone.state == MilestoneState.COMPLETED,
                "goal": milestone.goal,
                "services": [
                    " · ".join(
                        [plan_text.service_name(line), *(w for w, _t in plan_text.states(line))]
                    )
                    for line in milestone.lines
                    if line.removed_at is None
                ],
            }
            for milestone in live_milestones(plan)
            if milestone.state != MilestoneState.CANCELLED
        ],
    )


@bp.form("/<uuid:case_id>/plan/send", PlanPermission.SUBMIT, load=load_plan)
def plan_send(plan: Plan) -> Asking:
    """Send the plan for approval; it is locked until somebody decides."""
    form = SendForm(revision=plan.revision)
    yield Ask(lambda: _sending(plan, form), form)
    approval.submit(session(), plan, revision=form.read_revision, **acting())
    return Next(
        url_for("plans.plan", case_id=plan.case_id),
        _("The plan is sent. It cannot be changed until a supervisor decides."),
    )


@bp.act("/<uuid:case_id>/plan/withdraw", PlanPermission.SUBMIT, load=load_plan)
def plan_withdraw(plan: Plan) -> Next:
    """Take the plan back before it is decided."""
    approval.withdraw(session(), plan, **acting())
    return Next(
        url_for("plans.plan", case_id=plan.case_id),
        _("The plan is taken back. You can change it again."),
    )


@bp.form("/<uuid:case_id>/plan/review", PlanPermission.EDIT, load=load_plan)
def plan_review(plan: Plan) -> Asking:
    """Write down that the plan was gone through with the person."""
    today = clock.local_day(clock.now())
    form = ReviewForm(held_on=today, next_on=today + REVIEW_AFTER.on(today))
    yield Ask(lambda: _reviewing(plan, form), form)
    next_on = given(form.next_on.data)
    reviewing.hold(
        session(),
        plan,
        held_on=given(form.held_on.data),
        result=form.result.data or "",
        next_on=next_on,
        **acting(),
    )
    said = _("The review is written down. The next one is on %(day)s.", day=day(next_on))
    return Next(url_for("plans.plan", case_id=plan.case_id), said)


def _reviewing(plan: Plan, form: ReviewForm) -> str:
    return render_template("reintegration/plans/review.html", case=case_of(plan), form=form)


def _sending(plan: Plan, form: SendForm) -> str:
    actor, case = current_actor(), case_of(plan)
    form.catch_up(plan.revision)
    approved = plans.version(session(), plan, plan.approved_version)
    stands = snapshot_of(plan)
    difference = compare(approved.snapshot if approved else None, stands)
    back = plans.returned_last(session(), plan)
    today = clock.local_day(clock.now())
    budget = provision.budget_choices(session(), actor, today)
    lines = [line for line in live_lines(plan) if _is_priced_anew(line)]
    prices = provision.prices_asked(
        session(), {line.category for line in lines}, case.territorial_unit, today
    )
    return render_template(
        "reintegration/plans/send.html",
        too_low=price_text.warnings(lines, prices),
        case=case,
        plan=plan,
        form=form,
        problems=readiness.problems(session(), plan, actor, on=today),
        difference=shown(difference, plan, budget),
        back=back,
        returned_by=signed_by(names_behind(session(), (back, "decided_by")), back, "decided_by")
        if back
        else "",
        since_return=shown(compare(back.snapshot, stands), plan, budget) if back else None,
        out_of_order=plan_text.out_of_order(plan),
        can_send=plan.state in _SENDABLE,
    )


def _is_priced_anew(line: PlanLine) -> bool:
    is_settled = line.is_approved and line.unit_price == line.approved_unit_price
    return line.origin == LineOrigin.PLAN and not is_settled


def _page(case: CaseFile, plan: Plan, now: datetime) -> dict[str, Any]:
    actor, today = current_actor(), clock.local_day(now)
    lines: list[PlanLine] = [line for m in plan.milestones for line in m.lines]
    money = provision.money_of_lines(session(), case.id)
    actions = plan_page.actions_of_lines(
        case, [line for line in lines if line.removed_at is None], actor
    )
    last = plans.last_version(session(), plan)
    consent = plans.sharing_consent(session(), case.id, today)
    problems = readiness.problems(session(), plan, actor, on=today)
    editable = plan.state in _WRITABLE and may_write(case, PlanPermission.EDIT)
    reached, planned = plan_page.reached(plan)
    return {
        **shell(case, "plans.plan"),
        "plan": plan,
        "actor": actor,
        "last": last,
        "consent": consent,
        "timeline": plan_page.timeline(plan, today),
        "steps": plan_page.steps(
            case, plan, today=today, money=money, actions=actions, editable=editable
        ),
        "reached": reached,
        "planned": planned,
        "budgets": plan_budget.budgets(lines, money),
        "todos": plan_todo.todos(
            case,
            plan,
            today=today,
            consent=consent,
            last=last,
            problems=problems,
            actions=actions,
            money=money,
        ),
        "editable": editable,
        "may_review": plan.approved_version is not None and may_write(case, PlanPermission.EDIT),
        "primary": _primary(plan, editable=editable, ready=not problems),
        "can_withdraw": plan.state == PlanState.SUBMITTED
        and permissions.permits(actor, PlanPermission.SUBMIT, plan),
        "print_lang": written_in(case.language),
    }


def _primary(plan: Plan, *, editable: bool, ready: bool) -> dict[str, str] | None:
    """Return the one main action for this person now."""
    case_id = plan.case_id
    if plan.state == PlanState.SUBMITTED:
        if permissions.permits(current_actor(), PlanPermission.DECIDE, plan):
            return {"label": _("Decide"), "url": url_for("plans.decision", case_id=case_id)}
        return None
    if not editable:
        return None
    if not live_milestones(plan):
        label, url = _("Add the first step"), url_for("plans.milestone_new", case_id=case_id)
    elif plan.state in _SENDABLE and ready:
        label, url = _("Send for approval"), url_for("plans.plan_send", case_id=case_id)
    else:
        label, url = _("Add a service"), url_for("plans.line_choose", case_id=case_id)
    return {"label": label, "url": url}
