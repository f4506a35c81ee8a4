"""What plans and emergency help add to the pages of a case: tabs, what to do, and a card."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.states import CaseState
from reintegration.cases.views.frame import Addition, NextStep, Tab
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.plans.models import EmergencyStart, Plan
from reintegration.plans.permissions import EmergencyPermission, PlanPermission
from reintegration.plans.queries import emergencies
from reintegration.plans.states import EmergencyState, PlanState
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import instant
from reintegration.web.requires import can


def case_tabs(case: CaseFile) -> list[Tab]:
    """Return the tabs of needs and plan."""
    return [
        Tab(_("Needs and goals"), url_for("plans.needs", case_id=case.id), "plans.needs"),
        Tab(_("Plan"), url_for("plans.plan", case_id=case.id), "plans.plan"),
    ]


def case_page(case: CaseFile, actor: Actor) -> list[Addition]:
    """Return what stands on the page of a case of its plan and of its emergency help."""
    started = emergencies.of_case(session(), case.id)
    is_open = case.state != CaseState.CLOSED
    return [
        Addition(
            steps=[*_emergency_step(started), *_plan_step(case, actor)] if is_open else (),
            beside=_emergency_card(started),
            ways=_emergency_way(case) if started is None else (),
        )
    ]


def open_in_case(session: Session, case: CaseFile) -> list[str]:
    """Return what waits for a second person, so that a case is not closed over it."""
    plan, started = session.execute(
        select(
            select(Plan.state).where(Plan.case_id == case.id).scalar_subquery(),
            select(EmergencyStart.state).where(EmergencyStart.case_id == case.id).scalar_subquery(),
        )
    ).one()
    waits = {
        _("The plan waits for a decision."): plan == PlanState.SUBMITTED,
        _("The emergency start waits for a decision."): started == EmergencyState.PENDING,
    }
    return [sentence for sentence, holds in waits.items() if holds]


def _emergency_card(started: EmergencyStart | None) -> str:
    """Show what was decided; what waits stands among the steps."""
    if started is None or started.state == EmergencyState.PENDING:
        return ""
    return slots.part("reintegration/plans/_emergency_card.html", started=started)


def _emergency_way(case: CaseFile) -> list[tuple[str, str]]:
    if not can(EmergencyPermission.START):
        return []
    return [(_("Emergency start"), url_for("plans.case_emergency", case_id=case.id))]


def _emergency_step(emergency: EmergencyStart | None) -> list[NextStep]:
    if emergency is None or emergency.state != EmergencyState.PENDING:
        return []
    actor = current_actor()
    if permissions.permits(actor, EmergencyPermission.DECIDE, emergency):
        return [
            NextStep(
                _("Decide on the emergency help."),
                _(
                    "It runs on one person's word until %(when)s.",
                    when=instant(emergency.ratify_by),
                ),
                _("Decide"),
                url_for("plans.case_emergency_decision", emergency_id=emergency.id),
                "gold",
                urgent=True,
            )
        ]
    return [
        NextStep(
            _("The emergency help waits for a supervisor."),
            _("It must be decided until %(when)s.", when=instant(emergency.ratify_by)),
            _("See the emergency help"),
            url_for("plans.case_emergency", case_id=emergency.case_id),
            "gold",
            urgent=True,
        )
    ]


def _plan_step(case: CaseFile, actor: Actor) -> list[NextStep]:
    """Return what the plan of a case asks for next, if anything."""
    plan = session().scalar(
        permissions.visible(actor, Plan, PlanPermission.VIEW).where(Plan.case_id == case.id)
    )
    url = url_for("plans.plan", case_id=case.id)
    if plan is None or (plan.state == PlanState.DRAFT and plan.approved_version is None):
        if not permissions.permits(actor, PlanPermission.EDIT, case):
            return []
        if plan is None:
            return [
                NextStep(
                    _("Write down needs and goals, then begin the plan."),
                    _("Every urgent need should have a goal first."),
                    _("Needs and goals"),
                    url_for("plans.needs", case_id=case.id),
                )
            ]
        return [
            NextStep(
                _("Finish the plan and send it."),
                _("Services can be arranged once a supervisor has approved it."),
                _("Go on with the plan"),
                url,
            )
        ]
    if plan.state == PlanState.SUBMITTED and permissions.permits(
        actor, PlanPermission.DECIDE, plan
    ):
        return [
            NextStep(
                _("Decide on the plan."),
                _("Nothing new can be arranged before."),
                _("Read what changed"),
                url_for("plans.decision", case_id=case.id),
                "gold",
            )
        ]
    return []
