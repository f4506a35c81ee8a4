"""How case files join the house."""

from flask import Flask

from reintegration.accounts.queries import trail
from reintegration.accounts.services import actors
from reintegration.accounts.services.users import SupervisorNamed
from reintegration.cases.jobs import JOBS
from reintegration.cases.models import PersonKey
from reintegration.cases.permissions import CasePermission
from reintegration.cases.policy import POLICY
from reintegration.cases.queries import codes
from reintegration.cases.queries.cases import caseload_of
from reintegration.cases.services import consent_papers, supervision, would_change
from reintegration.cases.views import (
    bp,
    cases,
    close,
    consent,
    erasure,
    handing_over,
    identity,
    name_exports,
    notes,
    open_work,
    registration,
    search,
    team,
    today,
)
from reintegration.kernel import crypto, hooks, jobs, permissions, sealed
from reintegration.kernel.errors import N_
from reintegration.papers import holders
from reintegration.papers.services import planes
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place

PAGES = (cases, close, consent, erasure, identity, notes, registration, search, team)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages and rules."""
    permissions.register(POLICY)
    sealed.register(crypto.PERSON_KEY, PersonKey.wrapped, PersonKey.case_id)
    holders.register(consent_papers.HOLDER)
    planes.case_manager_of.answer_with(consent_papers.manager_of)
    actors.provide_caseload(caseload_of)
    trail.case_of_code.answer_with(codes.case_of_code)
    trail.codes_of_cases.answer_with(codes.codes_of_cases)
    app.register_blueprint(bp)
    app.register_blueprint(handing_over.bp)
    app.register_blueprint(name_exports.bp)
    slots.add("today.items", today.items)
    slots.add("today.items", name_exports.items)
    slots.add("person.open_work", open_work.of_cases)
    hooks.subscribe(
        SupervisorNamed, supervision.join_waiting_cases, preview=supervision.preview_waiting_cases
    )
    for job in JOBS:
        jobs.register(job)
    navigation.add(_CASES, _NAME_EXPORTS)


_CASES = Place(
    "cases.case_list",
    N_("Cases"),
    CasePermission.LIST,
    20,
    within=(
        "cases.case",
        "hand_overs.",
        "cases_import.",
        "plans.case",
        "plans.plan",
        "plans.milestone",
        "plans.line_edit",
        "plans.need",
        "plans.goal",
    ),
)
_NAME_EXPORTS = Place(
    "name_exports.index",
    N_("Names that leave"),
    CasePermission.VIEW_NAME_EXPORTS,
    89,
    within=("name_exports.",),
)
