"""Two people wrote at once: who changed what meanwhile, and how it differs from what was typed."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.plans.forms.plans import PlanEditForm
from reintegration.plans.models import Plan
from reintegration.plans.queries import plans
from reintegration.plans.views.plan_text import FIELD_LABELS
from reintegration.web import filters

_ACTIONS = {
    "plan:edit_start": N_("began the plan"),
    "plan:edit_milestone_added": N_("added the step “%(title)s”"),
    "plan:edit_milestone": N_("changed the step “%(title)s”"),
    "plan:edit_milestone_removed": N_("took out the step “%(title)s”"),
    "plan:edit_line_added": N_("added a service to “%(title)s”"),
    "plan:edit_line": N_("changed a service of “%(title)s”"),
    "plan:edit_line_removed": N_("took out a service of “%(title)s”"),
}
_ANY_ACTION = N_("changed the plan")


def clash(plan: Plan, typed: PlanEditForm, stored: PlanEditForm | None) -> dict[str, Any]:
    """Return what happened since `typed` was opened, and where it differs from what is saved.

    The form then names the present revision: sending it again is a choice made knowingly.
    """
    edits = plans.edits_since(session(), plan, typed.read_revision)
    rows = _differences(typed, stored) if stored is not None else []
    typed.revision.data = str(plan.revision)
    return {
        "edits": [
            {
                "at": edit.at,
                "by": edit.by,
                "what": _(_ACTIONS.get(edit.action, _ANY_ACTION), title=edit.title),
                "fields": ", ".join(_(FIELD_LABELS.get(name, name)) for name in edit.fields),
            }
            for edit in edits
        ],
        "rows": rows,
    }


def _differences(typed: PlanEditForm, stored: PlanEditForm) -> list[dict[str, str]]:
    return [
        {"label": str(field.label.text), "now": _text(stored[field.name]), "typed": _text(field)}
        for field in typed
        if field.name not in {"revision", "csrf_token"}
        and _text(field) != _text(stored[field.name])
    ]


def _text(field: Any) -> str:
    value = field.data
    choices = getattr(field, "choices", None)
    if choices is not None:
        labels = {str(choice.value): str(choice.label) for choice in choices}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(item), "") for item in chosen) or "–"
    if isinstance(value, date):
        return filters.day(value)
    if isinstance(value, Money):
        return filters.money(value)
    return str(value) if value not in (None, "") else "–"
