"""How plans and the emergency start join the house."""

from flask import Flask

from reintegration.accounts.queries import users
from reintegration.cases.queries import cases
from reintegration.cases.services import case_moves
from reintegration.cases.services.erasure import PersonErased
from reintegration.cases.services.team import HandedOver
from reintegration.kernel import hooks, jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.papers import holders
from reintegration.plans.cli import ABOUT_IMPORT, cases_cli
from reintegration.plans.jobs.emergency import EMERGENCY_OVERDUE
from reintegration.plans.jobs.milestones import MOVE_MILESTONES, REMIND_MILESTONES
from reintegration.plans.permissions import EmergencyPermission as E
from reintegration.plans.permissions import PlanPermission as P
from reintegration.plans.policy import POLICY
from reintegration.plans.services import forgetting, milestone_papers, reminders, would_change
from reintegration.plans.states import HAPPENED
from reintegration.plans.views import (
    alone,
    bp,
    bringing,
    case_slots,
    emergency,
    emergency_decisions,
    needs,
    open_work,
    plan,
    plan_decisions,
    plan_lines,
    plan_milestones,
    today,
)
from reintegration.web import bringing as registry
from reintegration.web import navigation, slots
from reintegration.web.bringing_commands import import_command
from reintegration.web.navigation import Place

PAGES = (emergency, emergency_decisions, needs, plan, plan_decisions, plan_lines, plan_milestones)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, jobs and rules."""
    permissions.register(POLICY)
    holders.register(milestone_papers.HOLDER)
    app.register_blueprint(bp)
    app.register_blueprint(bringing.cases_bp)
    registry.register(bringing.CASES)
    cases_cli.add_command(import_command(bringing.CASES, ABOUT_IMPORT))
    app.cli.add_command(cases_cli)
    for job in (EMERGENCY_OVERDUE, MOVE_MILESTONES, REMIND_MILESTONES):
        jobs.register(job)
    hooks.subscribe(HandedOver, reminders.forget_what_was_told, preview=hooks.says_nothing)
    case_moves.open_in_case.answer_with(case_slots.open_in_case)
    users.waits_for.answer_with(alone.waits_for)
    hooks.subscribe(PersonErased, forgetting.forget_words, preview=hooks.says_nothing)
    slots.add("today.items", today.items)
    slots.add("person.open_work", open_work.of_plans)
    slots.add("today.days", today.days)
    slots.add("case.tabs", case_slots.case_tabs)
    slots.add("case.page", case_slots.case_page)
    cases.show_in_history(HAPPENED)
    navigation.add(_EMERGENCIES, _DECISIONS)


_EMERGENCIES = Place(
    "plans.case_emergencies",
    N_("Emergency starts"),
    E.LIST,
    22,
    count=emergency_decisions.waiting,
    within=("plans.case_emergency_decision", "plans.case_emergency_decided"),
)
_DECISIONS = Place(
    "plans.decisions",
    N_("Decisions"),
    P.LIST_DECISIONS,
    25,
    count=today.decisions_waiting,
    within=("plans.decision",),
)
