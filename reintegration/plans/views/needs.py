"""Needs and goals on one page; one form is open at a time, named in the address."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from reintegration.cases.models import CaseFile
from reintegration.cases.views.frame import load_case, may_write, shell
from reintegration.kernel.db import session
from reintegration.plans.forms.plans import GoalForm, NeedForm, NewNeedForm
from reintegration.plans.models import Goal, Need
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import needs as reading
from reintegration.plans.services import needs as writing
from reintegration.plans.states import PRIORITIES_THAT_NEED_A_GOAL, Priority
from reintegration.plans.views import bp
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def load_need(case_id: UUID, need_id: UUID) -> Need:
    """Return the need of the address; outside the caseload there is nothing."""
    return reading.need_or_404(session(), current_actor(), case_id, need_id)


def load_goal(case_id: UUID, goal_id: UUID) -> Goal:
    """Return the goal of the address; outside the caseload there is nothing."""
    return reading.goal_or_404(session(), current_actor(), case_id, goal_id)


@bp.page("/<uuid:case_id>/needs", PlanPermission.VIEW, load=load_case)
def needs(case: CaseFile) -> ResponseReturnValue:
    """Show needs and goals; `?new`, `?need=`, `?goal_for=` or `?goal=` opens one form.

    Where none is written down yet, the form for the first is open.
    """
    return _page(case, _asked(case))


@bp.act("/<uuid:case_id>/needs", PlanPermission.EDIT, load=load_case)
def need_add(case: CaseFile) -> Asking:
    """Write down a need, and what should be instead."""
    form = NewNeedForm()
    yield _ask(case.id, "new", None, form)
    need = writing.add_need(session(), case, **form.said(), **acting())
    if goal := form.said_goal():
        writing.add_goal(session(), need, **goal, **acting())
    return Next(_needs_of(case.id))


@bp.act("/<uuid:case_id>/needs/<uuid:need_id>", PlanPermission.EDIT, load=load_need)
def need_save(need: Need) -> Asking:
    """Change a need."""
    form = NeedForm()
    yield _ask(need.case_id, "need", need.id, form)
    writing.edit_need(session(), need, **form.said(), **acting())
    return Next(_needs_of(need.case_id))


@bp.act("/<uuid:case_id>/needs/<uuid:need_id>/met", PlanPermission.EDIT, load=load_need)
def need_met(need: Need) -> Next:
    """Say that a need is met."""
    writing.meet(session(), need, **acting())
    return Next(_needs_of(need.case_id))


@bp.act("/<uuid:case_id>/needs/<uuid:need_id>/reopened", PlanPermission.EDIT, load=load_need)
def need_reopened(need: Need) -> Next:
    """Say that a need is open again."""
    writing.reopen(session(), need, **acting())
    return Next(_needs_of(need.case_id))


@bp.act("/<uuid:case_id>/needs/<uuid:need_id>/remove", PlanPermission.EDIT, load=load_need)
def need_remove(need: Need) -> Asking:
    """Take a need out that has no goals."""
    yield _ask_again(need, "need", NeedForm(formdata=None, obj=need))
    writing.remove_need(session(), need, **acting())
    return Next(_needs_of(need.case_id), _("The need is taken out."))


@bp.act("/<uuid:case_id>/needs/<uuid:need_id>/goals", PlanPermission.EDIT, load=load_need)
def goal_add(need: Need) -> Asking:
    """Write down a goal."""
    form = GoalForm()
    yield _ask(need.case_id, "goal_for", need.id, form)
    writing.add_goal(session(), need, **form.said(), **acting())
    return Next(_needs_of(need.case_id))


@bp.act("/<uuid:case_id>/goals/<uuid:goal_id>", PlanPermission.EDIT, load=load_goal)
def goal_save(goal: Goal) -> Asking:
    """Change a goal."""
    form = GoalForm()
    yield _ask(goal.case_id, "goal", goal.id, form)
    writing.edit_goal(session(), goal, **form.said(), **acting())
    return Next(_needs_of(goal.case_id))


@bp.act("/<uuid:case_id>/goals/<uuid:goal_id>/remove", PlanPermission.EDIT, load=load_goal)
def goal_remove(goal: Goal) -> Asking:
    """Take a goal out that no step serves."""
    yield _ask_again(goal, "goal", GoalForm(formdata=None, obj=goal))
    writing.remove_goal(session(), goal, **acting())
    return Next(_needs_of(goal.case_id), _("The goal is taken out."))


def _asked(case: CaseFile) -> dict[str, Any]:
    """Return the form that the address asks for; none for who may not write."""
    if not may_write(case, PlanPermission.EDIT):
        return {}
    if parameters.is_named("new"):
        return _open("new", None, NewNeedForm(formdata=None))
    for name in ("need", "goal_for", "goal"):
        if parameters.is_named(name):
            return _open_for(case, name, parameters.identifier(name))
    return {}


def _open_for(case: CaseFile, name: str, key: UUID | None) -> dict[str, Any]:
    if key is None:
        raise NotFound
    if name == "goal":
        goal = load_goal(case.id, key)
        return _open(name, key, GoalForm(formdata=None, obj=goal))
    need = load_need(case.id, key)
    form = NeedForm(formdata=None, obj=need) if name == "need" else GoalForm(formdata=None)
    return _open(name, key, form)


def _open(name: str, key: UUID | None, form: NeedForm | GoalForm) -> dict[str, Any]:
    return {"open": name, "open_id": key, "form": form}


def _page(case: CaseFile, opened: dict[str, Any]) -> str:
    found = reading.needs_of(session(), case.id)
    may_edit = may_write(case, PlanPermission.EDIT)
    if may_edit and not found and not opened:
        opened = _open("new", None, NewNeedForm(formdata=None))
    return render_template(
        "reintegration/plans/needs.html",
        **shell(case, "plans.needs"),
        **{"open": None, "open_id": None, "form": None, **opened},
        needs=found,
        needs_goal={
            need.id
            for need in found
            if need.met_at is None
            and not need.goals
            and Priority(need.priority) in PRIORITIES_THAT_NEED_A_GOAL
        },
        may_edit=may_edit,
    )


def _ask(case_id: UUID, name: str, key: UUID | None, form: NeedForm | GoalForm) -> Ask:
    return Ask(lambda: _page(load_case(case_id), _open(name, key, form)), form)


def _ask_again(found: Need | Goal, name: str, shown: NeedForm | GoalForm) -> Ask:
    """Ask for nothing more; show what could not be taken out, and why."""
    button = Form()

    def page() -> str:
        shown.form_errors.extend(button.form_errors)
        return _page(load_case(found.case_id), _open(name, found.id, shown))

    return Ask(page, button)


def _needs_of(case_id: UUID) -> str:
    return url_for("plans.needs", case_id=case_id)
