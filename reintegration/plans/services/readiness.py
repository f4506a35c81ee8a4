"""What a plan still lacks before a supervisor can decide on it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_
from reintegration.plans.models import Plan, PlanLine
from reintegration.plans.queries import needs, provision
from reintegration.plans.queries.snapshots import live_lines, live_milestones
from reintegration.plans.states import LineOrigin


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing, as a marked sentence; `about` says where it is mended."""

    message: str
    about: str
    params: dict[str, Any] = field(default_factory=dict)


def problems(session: Session, plan: Plan, actor: Actor, *, on: date) -> list[Problem]:
    """Return what is missing on a day, in the order in which it is best mended."""
    found = [
        Problem(
            N_("“%(need)s” is urgent or high and has no goal yet. Ask the person what should be."),
            "needs",
            {"need": need.description[:80]},
        )
        for need in needs.needs_without_goal(session, plan.case_id)
    ]
    if not live_milestones(plan):
        found.append(Problem(N_("The plan has no step yet. Add at least one."), "milestones"))
    return found + without_money(session, plan, actor, on=on)


def without_money(session: Session, plan: Plan, actor: Actor, *, on: date) -> list[Problem]:
    """Return the services that no budget line of theirs may pay on a day.

    What stands as it was approved is not asked again: its line may be narrower or closed by now.
    """
    lines = [
        line
        for line in live_lines(plan)
        if line.origin == LineOrigin.PLAN and not line.is_as_approved
    ]
    if not lines:
        return []
    choices = provision.budget_choices(session, actor, on)
    case = session.get_one(CaseFile, plan.case_id)
    return [
        problem
        for line in lines
        if (problem := _unpaid(case, line, choices.get(line.budget_line_id), on=on)) is not None
    ]


def _unpaid(
    case: CaseFile, line: PlanLine, choice: provision.BudgetChoice | None, *, on: date
) -> Problem | None:
    step = line.milestone
    if choice is None or choice.free.currency != line.currency:
        return Problem(
            N_("A service of “%(step)s” has no budget line in %(currency)s. Choose another one."),
            "lines",
            {"step": step.title, "currency": line.currency},
        )
    why = choice.why_not(provision.wanted_in(case, step, line.category, on=on))
    if why is None:
        return None
    return Problem(
        N_("“%(line)s” may not pay for a service of “%(step)s”: %(why)s. Choose another one."),
        "lines",
        {"line": choice.label, "step": step.title, "why": why},
    )
