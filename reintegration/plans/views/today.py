"""What today asks of case people for plans and emergency help, and the figures in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import MOST, TodayItem
from reintegration.accounts.views.today_picture import Days, window
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import session as current_session
from reintegration.plans.queries import emergencies, plans
from reintegration.plans.states import REMIND_BEFORE
from reintegration.plans.views import deciding, plan_text
from reintegration.web import filters
from reintegration.web.current import current_actor
from reintegration.web.filters import instant


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits: emergencies, decisions, what was returned, is late, due or for review."""
    if not actor.caseload:
        return []
    return [
        *(_emergency(row, today) for row in emergencies.pending(session, actor, limit=MOST)),
        *_decisions(session, actor),
        *_returned(session, actor),
        *_steps(session, actor, today),
        *_reviews(session, actor, today),
    ]


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many steps should be reached on each of the next days."""
    if not actor.caseload:
        return []
    _first, last = window(today)
    due = plans.due_by_day(session, actor, today, last)
    return [Days(_("Steps that should be reached"), "gold", due, ahead=True)]


def decisions_waiting() -> int:
    """Return the number beside Decisions in the navigation: what stands there for this person."""
    return deciding.count(current_session(), current_actor())


def _emergency(row: emergencies.EmergencyRow, today: date) -> TodayItem:
    late = local_day(row.start.ratify_by) < today
    sentence = (
        _("Emergency help in case %(code)s waits for a supervisor.", code=row.code)
        if not row.mine
        else _("Decide on the emergency help in case %(code)s.", code=row.code)
    )
    return TodayItem(
        "clay" if late else "gold",
        instant(row.start.ratify_by),
        sentence,
        url_for("plans.case_emergency_decision", emergency_id=row.start.id),
        5 if late else 10,
        _("Decide") if row.mine else _("Open it"),
    )


def _decisions(session: Session, actor: Actor) -> list[TodayItem]:
    return [
        TodayItem(
            "gold",
            filters.day_month(waiting.submitted.submitted_at),
            _(
                "Decide on the plan of %(case)s, sent by %(name)s.",
                case=waiting.case.code,
                name=filters.on_behalf(waiting.submitted_by, waiting.submitted_for),
            ),
            url_for("plans.decision", case_id=waiting.case.id),
            20,
            _("Decide"),
            since=waiting.submitted.submitted_at,
        )
        for waiting in plans.waiting(session, actor, limit=MOST)
        if waiting.mine
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
            _("Change the plan"),
        )
        for version, case in plans.returned_of(session, actor, limit=MOST)
    ]


def _steps(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    until = today + REMIND_BEFORE.on(today)
    due = plans.due_milestones_of(session, actor, due_until=until, limit=MOST)
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
            items.append(TodayItem("clay", plan_text.late_by(late), sentence, url, 30))
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
            url_for("plans.plan_review", case_id=case.id),
            60,
            _("Open the plan"),
        )
        for plan, case in plans.reviews_due_of(session, actor, until=today, limit=MOST)
    ]
