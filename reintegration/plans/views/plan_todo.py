"""What to do on a plan: sentences with their reasons, the most pressing first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.views.frame import may_write
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, Plan, PlanLine, PlanVersion
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries.progress import is_delivered
from reintegration.plans.queries.provision import LineAction, LineMoney
from reintegration.plans.queries.snapshots import live_lines, live_milestones
from reintegration.plans.services.readiness import Problem
from reintegration.plans.states import REMIND_BEFORE, LineOrigin, PlanState, VersionState
from reintegration.plans.views import plan_text
from reintegration.web import filters

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of the card: a word on a ground, a sentence, and where to do it."""

    word: str
    tone: str
    text: str
    url: str | None = None


def todos(
    case: CaseFile,
    plan: Plan,
    *,
    today: date,
    consent: Consent | None,
    last: PlanVersion | None,
    problems: Sequence[Problem],
    actions: Mapping[UUID, Sequence[LineAction]],
    money: Mapping[UUID, LineMoney],
) -> list[Todo]:
    """Return what waits, at most eight lines."""
    found = [
        *_decision(case, plan, last),
        *_consent(case, consent, today),
        *_lost(plan, actions),
        *(todo for m in live_milestones(plan) if (todo := _step(case, m, today))),
        *_problems(case, plan, problems),
        *_review(case, plan, today),
        *_next_services(plan, actions),
        *_overlaps(case, plan),
        *_left_over(case, plan, money),
    ]
    return found[:_SHOWN]


def _decision(case: CaseFile, plan: Plan, last: PlanVersion | None) -> list[Todo]:
    if last is None:
        return []
    url = url_for("plans.decision", case_id=case.id)
    if last.state == VersionState.SUBMITTED:
        since = filters.day(last.submitted_at)
        return [
            Todo(_("Waits"), "gold", _("Sent on %(day)s; a supervisor decides.", day=since), url)
        ]
    if last.state == VersionState.RETURNED and plan.state != PlanState.SUBMITTED:
        words = _(
            "The plan came back: “%(comment)s” Change it and send it again.", comment=last.comment
        )
        return [Todo(_("Returned"), "clay", words, url_for("plans.plan_send", case_id=case.id))]
    return []


def _consent(case: CaseFile, consent: Consent | None, today: date) -> list[Todo]:
    if consent is None:
        return [
            Todo(
                _("Consent"),
                "clay",
                _("There is no consent to tell a provider anything. Ask before you arrange more."),
                url_for("cases.case_consents", case_id=case.id),
            )
        ]
    days = (consent.valid_until - today).days
    if days > 30:
        return []
    words = _(
        "The consent ends on %(day)s. Ask whether it goes on.", day=filters.day(consent.valid_until)
    )
    return [
        Todo(
            plan_text.in_days(days), "gold", words, url_for("cases.case_consents", case_id=case.id)
        )
    ]


def _step(case: CaseFile, milestone: Milestone, today: date) -> Todo | None:
    url = url_for("plans.milestone", case_id=case.id, milestone_id=milestone.id)
    late = plan_text.days_late(milestone, today)
    if late:
        words = _(
            "“%(step)s” is late: find out why, then plan it anew or say that it is reached.",
            step=milestone.title,
        )
        return Todo(plan_text.in_days(late), "clay", words, url)
    soon = (milestone.due_on - today).days
    if milestone.state in {"planned", "in_progress"} and soon <= REMIND_BEFORE.on(today).days:
        word = _("Today") if soon == 0 else filters.day_month(milestone.due_on)
        return Todo(word, "gold", _("“%(step)s” should be reached.", step=milestone.title), url)
    return None


def _problems(case: CaseFile, plan: Plan, problems: Sequence[Problem]) -> list[Todo]:
    if plan.state not in {PlanState.DRAFT, PlanState.CHANGED}:
        return []
    urls = {
        "needs": url_for("plans.needs", case_id=case.id),
        "milestones": url_for("plans.milestone_new", case_id=case.id),
    }
    return [
        Todo(_("Missing"), "gold", _(p.message, **p.params), urls.get(p.about)) for p in problems
    ]


def _review(case: CaseFile, plan: Plan, today: date) -> list[Todo]:
    if plan.review_on is None or plan.state == PlanState.CLOSED:
        return []
    days = (plan.review_on - today).days
    if days > 14:
        return []
    word = filters.day_month(plan.review_on) if days > 0 else _("Now")
    text = _("Go through the plan together with the person.")
    may = may_write(case, PlanPermission.EDIT)
    url = url_for("plans.plan_review", case_id=case.id) if may else None
    return [Todo(word, "sky" if days > 0 else "gold", text, url)]


def _lost(plan: Plan, actions: Mapping[UUID, Sequence[LineAction]]) -> list[Todo]:
    """Return what stands still until somebody acts: a service that lost its provider."""
    return [
        _service(line, action, "clay") for line, action in _steps_on(plan, actions, urgent=True)
    ]


def _next_services(plan: Plan, actions: Mapping[UUID, Sequence[LineAction]]) -> list[Todo]:
    next_ones = _steps_on(plan, actions, urgent=False)
    return [_service(line, action, "sky") for line, action in next_ones][:3]


def _steps_on(
    plan: Plan, actions: Mapping[UUID, Sequence[LineAction]], *, urgent: bool
) -> list[tuple[PlanLine, LineAction]]:
    return [
        (line, action)
        for line in live_lines(plan)
        for action in plan_text.to_do(line, actions.get(line.id, ()))
        if action.primary and action.urgent is urgent
    ]


def _service(line: PlanLine, action: LineAction, tone: str) -> Todo:
    text = f"{plan_text.service_name(line)}: {action.label}"
    return Todo(_("Now") if action.urgent else _("Next"), tone, text, action.url)


def _left_over(case: CaseFile, plan: Plan, money: Mapping[UUID, LineMoney]) -> list[Todo]:
    """Offer back what a lower price left over on services that are wholly delivered."""
    if not may_write(case, PlanPermission.EDIT):
        return []
    found = []
    for line in live_lines(plan):
        if line.origin != LineOrigin.PLAN or not (line.is_as_approved and is_delivered(line)):
            continue
        over = _left_of(line, money.get(line.id))
        if over.minor > 0:
            words = _(
                "%(service)s: %(sum)s are left over. Plan more of it, or set its limit lower.",
                service=plan_text.service_name(line),
                sum=filters.money(over),
            )
            url = url_for("plans.line_edit", case_id=case.id, line_id=line.id)
            found.append(Todo(_("Left over"), "grey", words, url))
    return found


def _left_of(line: PlanLine, money: LineMoney | None) -> Money:
    """Return what is approved for a service and neither paid, delivered nor promised."""
    nothing = Money.zero(line.currency)
    return line.approved_ceiling - (
        money.paid + money.delivered + money.committed if money else nothing
    )


def _overlaps(case: CaseFile, plan: Plan) -> list[Todo]:
    return [
        Todo(
            _("Order"),
            "gold",
            sentence,
            url_for("plans.milestone", case_id=case.id, milestone_id=step.id),
        )
        for step, sentence in plan_text.steps_out_of_order(plan)
    ]
