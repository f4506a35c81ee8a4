"""How casework joins the house."""

from flask import Flask

from reintegration.accounts.services import actors
from reintegration.accounts.services.users import SupervisorNamed
from reintegration.kernel import hooks, jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.plans.jobs.emergency import EMERGENCY_OVERDUE
from reintegration.plans.jobs.milestones import MOVE_MILESTONES, REMIND_MILESTONES
from reintegration.plans.permissions import CasePermission, PlanPermission
from reintegration.plans.policy import POLICY
from reintegration.plans.queries.cases import caseload_of
from reintegration.plans.services import supervision
from reintegration.plans.views import (
    bp,
    cases,
    cases_close,
    cases_register,
    cases_team,
    cases_today,
    consent,
    emergency,
    emergency_decisions,
    erasure,
    identity,
    needs,
    notes,
    plan,
    plan_decisions,
    plan_lines,
    plan_milestones,
    plan_slots,
)
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place

# Importing a page adds its addresses.
CASE_PAGES = (
    cases,
    cases_close,
    cases_register,
    cases_team,
    consent,
    emergency,
    emergency_decisions,
    erasure,
    identity,
    notes,
)
PLAN_PAGES = (needs, plan, plan_decisions, plan_lines, plan_milestones)


def register(app: Flask) -> None:
    """Add pages, jobs and rules."""
    permissions.register(POLICY)
    actors.provide_caseload(caseload_of)
    app.register_blueprint(bp)
    for job in (EMERGENCY_OVERDUE, MOVE_MILESTONES, REMIND_MILESTONES):
        jobs.register(job)
    slots.add("today.items", cases_today.items)
    slots.add("today.items", plan_slots.today_items)
    slots.add("case.tabs", plan_slots.case_tabs)
    slots.add("case.next_step", plan_slots.case_next_step)
    hooks.subscribe(
        SupervisorNamed, supervision.join_waiting_cases, preview=supervision.preview_waiting_cases
    )
    for place in (_CASES, _EMERGENCIES, _DECISIONS):
        navigation.add(place)


_CASES = Place(
    "plans.case_list",
    N_("Cases"),
    CasePermission.LIST,
    20,
    within=(
        "plans.case",
        "plans.plan",
        "plans.milestone",
        "plans.line",
        "plans.need",
        "plans.goal",
    ),
)
_EMERGENCIES = Place(
    "plans.case_emergencies",
    N_("Emergency starts"),
    CasePermission.LIST_EMERGENCIES,
    22,
    count=emergency_decisions.waiting,
    within=("plans.case_emergency_decision", "plans.case_emergency_decided"),
)
_DECISIONS = Place(
    "plans.decisions",
    N_("Decisions"),
    PlanPermission.LIST_DECISIONS,
    25,
    count=plan_slots.decisions_waiting,
    within=("plans.decision",),
)
