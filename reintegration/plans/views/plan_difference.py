"""What changed in a plan, in words: for whoever sends it and for whoever decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.codelists.life_domains import Domain
from reintegration.codelists.units import Unit
from reintegration.kernel import dates
from reintegration.kernel.money import Money
from reintegration.plans.models import Plan
from reintegration.plans.queries.differences import (
    Difference,
    FieldChange,
    LineChange,
    MilestoneChange,
    ceiling_of,
)
from reintegration.plans.queries.provision import BudgetChoice
from reintegration.plans.views.plan_text import FIELD_LABELS, named
from reintegration.web import filters

_NONE = "–"


def shown(
    difference: Difference, plan: Plan, budget: Mapping[UUID, BudgetChoice]
) -> dict[str, Any]:
    """Return a difference as rows of words, and its effect on the money."""
    words = _Words(plan, budget)
    return {
        "is_empty": difference.is_empty,
        "milestones": [words.milestone(change) for change in difference.milestones],
        "lines": [words.line(change) for change in difference.lines],
        "totals": list(difference.totals.values()),
        "budget": [
            {
                "label": words.budget(key),
                "effect": effect,
                "free": words.free(key),
                "short": _is_short(effect, words.free(key)),
            }
            for key, effect in difference.budget.items()
        ],
    }


def signed(value: Money) -> str:
    """Return a sum with its sign: what a change adds or takes."""
    return ("+" if value.minor > 0 else "") + filters.money(value)


def _is_short(effect: Money, free: Money | None) -> bool:
    return free is not None and free.currency == effect.currency and effect > free


class _Words:
    """Names for the ids that stand in a snapshot."""

    def __init__(self, plan: Plan, budget: Mapping[UUID, BudgetChoice]) -> None:
        self._titles = {str(milestone.id): milestone.title for milestone in plan.milestones}
        self._goals = {
            str(m.goal_id): m.goal.description for m in plan.milestones if m.goal is not None
        }
        self._budget = {str(key): choice for key, choice in budget.items()}

    def budget(self, key: str) -> str:
        """Return the name of a budget line."""
        return self._budget[key].label if key in self._budget else _("Another budget line")

    def free(self, key: str) -> Money | None:
        """Return what is free on a budget line, if one may know."""
        return self._budget[key].free if key in self._budget else None

    def milestone(self, change: MilestoneChange) -> dict[str, Any]:
        """Return a changed step."""
        word, tone = change.kind.label, change.kind.tone
        return {
            "word": word,
            "tone": tone,
            "title": change.row["title"],
            "text": self._when(change),
            "fields": [self._field(field, "") for field in change.fields],
        }

    def line(self, change: LineChange) -> dict[str, Any]:
        """Return a changed service."""
        word, tone = change.kind.label, change.kind.tone
        row = change.row
        return {
            "word": word,
            "tone": tone,
            "title": named(row["category"], row["unit"], row["units"], ceiling_of(row)),
            "text": " · ".join(
                filter(None, [change.step, row["description"], self.budget(row["budget_line_id"])])
            ),
            "fields": [self._field(field, row["currency"]) for field in change.fields],
            "effect": signed(change.effect) if change.effect else _("no money"),
            "up": change.effect.minor > 0,
        }

    def _when(self, change: MilestoneChange) -> str:
        days = change.moved_days
        if days > 0:
            return str(ngettext("ends %(num)s day later", "ends %(num)s days later", days))
        if days < 0:
            return str(ngettext("ends %(num)s day earlier", "ends %(num)s days earlier", -days))
        first = filters.day(dates.machine(change.row["starts_on"]))
        last = filters.day(dates.machine(change.row["due_on"]))
        return str(_("%(first)s to %(last)s", first=first, last=last))

    def _field(self, field: FieldChange, currency: str) -> dict[str, str]:
        return {
            "label": _(FIELD_LABELS[field.name]),
            "before": self._value(field.name, field.before, currency),
            "after": self._value(field.name, field.after, currency),
        }

    def _value(self, name: str, value: Any, currency: str) -> str:  # noqa: PLR0911 - a table
        if value in (None, "", []):
            return _NONE
        if name in {"starts_on", "due_on"}:
            return filters.day(dates.machine(value))
        if name.endswith("_minor"):
            return filters.money(Money(value, currency))
        if name == "unit":
            return str(_(Unit(value).label))
        if name == "domain":
            return str(_(Domain(value).label))
        if name == "budget_line_id":
            return self.budget(value)
        if name == "goal_id":
            return self._goals.get(value, _NONE)
        if name == "milestone_id":
            return self._titles.get(value, _NONE)
        if name == "depends_on":
            return ", ".join(self._titles.get(step, _NONE) for step in value)
        return str(value)
