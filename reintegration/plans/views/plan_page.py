"""The plan page as values: what its components show. Reads a fixed number of rows' worth of SQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from reintegration.cases.models import CaseFile
from reintegration.codelists.life_domains import Domain
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.plans.models import Milestone, Plan, PlanLine
from reintegration.plans.queries import provision
from reintegration.plans.queries.progress import is_automatic
from reintegration.plans.queries.provision import LineAction, LineMoney
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.states import MilestoneState
from reintegration.plans.views import plan_text
from reintegration.web import filters, slots


def actions_of_lines(
    case: CaseFile, lines: Sequence[PlanLine], actor: Actor
) -> dict[UUID, list[LineAction]]:
    """Return what can be done with each line; asked once for all of them."""
    found: dict[UUID, list[LineAction]] = defaultdict(list)
    for item in slots.collect("plan_line.actions", case=case, lines=lines, actor=actor):
        found[item.plan_line_id].append(item)
    return found


def timeline(plan: Plan, today: date) -> dict[str, Any] | None:
    """Return the rows and months of the timeline; None while there is nothing to draw."""
    shown = [m for m in live_milestones(plan) if m.state != MilestoneState.CANCELLED]
    if not shown:
        return None
    first = min(m.starts_on for m in shown).replace(day=1)
    last = _next_month(max(m.due_on for m in shown))
    return {
        "rows": [
            {"label": _(domain.label), "bars": bars}
            for domain in Domain
            if (bars := [_bar(m, today) for m in shown if m.domain == domain])
        ],
        "months": _months(first, last),
        "first": first,
        "last": last,
        "today": today,
    }


def steps(
    case: CaseFile,
    plan: Plan,
    *,
    today: date,
    money: Mapping[UUID, LineMoney],
    actions: Mapping[UUID, Sequence[LineAction]],
    editable: bool,
) -> list[dict[str, Any]]:
    """Return the steps with their services, by day."""
    titles = {milestone.id: milestone.title for milestone in plan.milestones}
    called = budget_names(line for milestone in plan.milestones for line in milestone.lines)
    return [
        {
            "title": milestone.title,
            "url": url_for("plans.milestone", case_id=case.id, milestone_id=milestone.id),
            "status": status,
            "tone": tone,
            "text": " · ".join(_facts(milestone, titles)),
            "services": [
                _service(
                    case,
                    line,
                    money.get(line.id),
                    actions.get(line.id, ()),
                    editable=editable,
                    paid_from=called.get(line.approved_budget_line_id or line.budget_line_id, ""),
                )
                for line in milestone.lines
                if line.removed_at is None or line.id in money
            ],
        }
        for milestone in _shown(plan, money)
        for status, tone in [plan_text.standing(milestone, today)]
    ]


def budget_names(lines: Iterable[PlanLine]) -> dict[UUID, str]:
    """Return what the budget lines are called that these services are, or were, paid from."""
    ids = {one for line in lines for one in (line.budget_line_id, line.approved_budget_line_id)}
    return provision.budget_lines_called(session(), [one for one in ids if one])


def reached(plan: Plan) -> tuple[int, int]:
    """Return how many steps are reached, of those that were not dropped."""
    shown = [m for m in live_milestones(plan) if m.state != MilestoneState.CANCELLED]
    return sum(m.state == MilestoneState.COMPLETED for m in shown), len(shown)


def _shown(plan: Plan, money: Mapping[UUID, LineMoney]) -> list[Milestone]:
    """Return the steps of the plan, and those that were taken out after money was spent there."""
    return [
        milestone
        for milestone in plan.milestones
        if milestone.removed_at is None or any(line.id in money for line in milestone.lines)
    ]


def _facts(milestone: Milestone, titles: Mapping[UUID, str]) -> list[str]:
    if milestone.removed_at is not None:
        return [_("taken out of the plan")]
    if milestone.completed_on and milestone.state == MilestoneState.COMPLETED:
        facts = [
            _("reached on %(day)s", day=filters.day(milestone.completed_on)),
            "" if is_automatic(milestone) else plan_text.evidence(milestone),
        ]
    else:
        facts = [_("until %(day)s", day=filters.day(milestone.due_on))]
    waits = [titles[w.depends_on_id] for w in milestone.dependencies if w.depends_on_id in titles]
    if waits and milestone.state == MilestoneState.PLANNED:
        facts.append(_("waits for: %(steps)s", steps=", ".join(waits)))
    return [fact for fact in facts if fact]


def _service(
    case: CaseFile,
    line: PlanLine,
    money: LineMoney | None,
    actions: Sequence[LineAction],
    *,
    editable: bool,
    paid_from: str,
) -> dict[str, Any]:
    facts = [line.description, plan_text.progress(line), paid_from]
    if line.removed_at is not None:
        facts.append(_("taken out of the plan"))
    return {
        "title": plan_text.service_name(line),
        "url": url_for("plans.line_edit", case_id=case.id, line_id=line.id)
        if editable and line.removed_at is None and line.origin == "plan"
        else None,
        "text": " · ".join(fact for fact in facts if fact),
        "states": [{"word": word, "tone": tone} for word, tone in plan_text.states(line, actions)],
        "actions": [{"label": a.label, "url": a.url} for a in plan_text.to_do(line, actions)],
        "sum": line.ceiling,
        "state": plan_text.money_state(line, money),
    }


def _bar(milestone: Milestone, today: date) -> dict[str, Any]:
    status, _tone = plan_text.standing(milestone, today)
    late = plan_text.days_late(milestone, today)
    return {
        "label": milestone.title,
        "start": milestone.starts_on,
        "end": milestone.due_on + timedelta(days=1),
        "tone": "clay" if late else milestone.state.tone,
        "status": status,
    }


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while (following := _next_month(months[-1])) < last:
        months.append(following)
    return months


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
