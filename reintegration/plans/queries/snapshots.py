"""A plan as data: what a supervisor decides on, kept as it was submitted."""

from typing import Any
from uuid import UUID

from reintegration.plans.models import Milestone, Plan, PlanLine

Snapshot = dict[str, Any]
"""`{"milestones": [...], "lines": [...]}`; ids and days as text, money in minor units."""


def live_milestones(plan: Plan) -> list[Milestone]:
    """Return the steps that stand in the plan now, by day."""
    return [milestone for milestone in plan.milestones if milestone.removed_at is None]


def live_lines(plan: Plan) -> list[PlanLine]:
    """Return the services that stand in the plan now."""
    return [
        line
        for milestone in live_milestones(plan)
        for line in milestone.lines
        if line.removed_at is None
    ]


def snapshot_of(plan: Plan) -> Snapshot:
    """Return what stands in the plan now."""
    return {
        "milestones": [_milestone(milestone) for milestone in live_milestones(plan)],
        "lines": [_line(line) for line in live_lines(plan)],
    }


def _milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "id": str(milestone.id),
        "title": milestone.title,
        "domain": milestone.domain,
        "goal_id": _text(milestone.goal_id),
        "starts_on": milestone.starts_on.isoformat(),
        "due_on": milestone.due_on.isoformat(),
        "depends_on": sorted(str(waits.depends_on_id) for waits in milestone.dependencies),
    }


def _line(line: PlanLine) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "milestone_id": str(line.milestone_id),
        "origin": line.origin,
        "category": line.category,
        "description": line.description,
        "unit": line.unit,
        "units": line.units,
        "unit_price_minor": line.unit_price_minor,
        "ceiling_minor": line.ceiling_minor,
        "currency": line.currency,
        "budget_line_id": str(line.budget_line_id),
    }


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
