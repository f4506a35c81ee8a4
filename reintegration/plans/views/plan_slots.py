"""What the plan adds to pages of others: tabs of the case, its next step, and what waits today."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.plans.models import CaseFile, Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import plans
from reintegration.plans.states import REMIND_BEFORE, PlanState
from reintegration.plans.views import plan_words
from reintegration.plans.views.cases_shell import NextStep, Tab
from reintegration.web import filters
from reintegration.web.current import current_actor

_MOST = 12


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing that waits; `rank` orders all features' items, the lowest is most urgent."""

    tone: str
    when: str
    sentence: str
    url: str
    rank: int


def case_tabs(case: CaseFile) -> list[Tab]:
    """Return the tabs of needs and plan."""
    return [
        Tab(_("Needs and goals"), url_for("plans.needs", case_id=case.id), "plans.needs"),
        Tab(_("Plan"), url_for("plans.plan", case_id=case.id), "plans.plan"),
    ]


def case_next_step(case: CaseFile, actor: Actor) -> list[NextStep]:
    """Return what the plan of a case asks for next, if anything."""
    plan = current_session().scalar(plans.visible_to(actor).where(Plan.case_id == case.id))
    url = url_for("plans.plan", case_id=case.id)
    if plan is None or (plan.state == PlanState.DRAFT.value and plan.approved_version is None):
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
    if plan.state == PlanState.SUBMITTED.value and permissions.permits(
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


def today_items(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person in the plans: decisions, returned, late, due, reviews."""
    if not actor.caseload:
        return []
    return [
        *_decisions(session, actor),
        *_returned(session, actor),
        *_steps(session, actor, today),
        *_reviews(session, actor, today),
    ]


def decisions_waiting() -> int:
    """Return the number beside Decisions in the navigation."""
    return plans.count_waiting(current_session(), current_actor())


def _decisions(session: Session, actor: Actor) -> list[TodayItem]:
    return [
        TodayItem(
            "gold",
            filters.day_month(waiting.submitted.submitted_at.date()),
            _(
                "Decide on the plan of %(case)s, sent by %(name)s.",
                case=waiting.case.code,
                name=waiting.submitted_by,
            ),
            url_for("plans.decision", case_id=waiting.case.id),
            20,
        )
        for waiting in plans.waiting(session, actor)
        if permissions.permits(actor, PlanPermission.DECIDE, waiting.plan)
    ]


def _returned(session: Session, actor: Actor) -> list[TodayItem]:
    return [
        TodayItem(
            "clay",
            _("Returned"),
            _(
                "The plan of %(case)s came back: “%(comment)s”",
                case=case.code,
                comment=version.comment,
            ),
            url_for("plans.plan", case_id=case.id),
            15,
        )
        for version, case in plans.returned_of(session, actor)
    ]


def _steps(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    due = plans.due_milestones_of(session, actor, due_until=today + REMIND_BEFORE, limit=_MOST)
    items = []
    for milestone, case in due:
        late = (today - milestone.due_on).days
        url = url_for("plans.milestone", case_id=case.id, milestone_id=milestone.id)
        if late > 0:
            sentence = _(
                "%(case)s: “%(step)s” is late. Find out why, or plan it anew.",
                case=case.code,
                step=milestone.title,
            )
            items.append(TodayItem("clay", plan_words.late_by(late), sentence, url, 30))
        else:
            word = filters.day_month(milestone.due_on) if late else _("Today")
            sentence = _(
                "%(case)s: “%(step)s” should be reached.", case=case.code, step=milestone.title
            )
            items.append(TodayItem("gold", word, sentence, url, 50))
    return items


def _reviews(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    return [
        TodayItem(
            "sky",
            filters.day_month(plan.review_on or today),
            _("Go through the plan of %(case)s together with the person.", case=case.code),
            url_for("plans.plan", case_id=case.id),
            60,
        )
        for plan, case in plans.reviews_due_of(session, actor, until=today)
    ]
