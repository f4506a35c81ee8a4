"""How plans are put into words: late, how far, how much; for pages and for paper."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, Plan, PlanLine
from reintegration.plans.queries.progress import (
    delivered_count,
    evidence_of,
    is_delivered,
    is_value,
    planned_count,
)
from reintegration.plans.queries.provision import LineAction, LineMoney
from reintegration.plans.queries.schedule import overlaps
from reintegration.plans.queries.snapshots import live_milestones
from reintegration.plans.states import OPEN_MILESTONE_STATES
from reintegration.web import filters
from reintegration.web.counting import counted

FIELD_LABELS: dict[str, str] = {
    "title": N_("Name"),
    "domain": N_("Area of life"),
    "goal_id": N_("Goal"),
    "starts_on": N_("From"),
    "due_on": N_("Until"),
    "depends_on": N_("Waits for"),
    "waits_for": N_("Waits for"),
    "milestone_id": N_("Step"),
    "description": N_("What exactly"),
    "unit": N_("Counted in"),
    "units": N_("How many"),
    "unit_price": N_("Price of one"),
    "unit_price_minor": N_("Price of one"),
    "ceiling": N_("At most"),
    "ceiling_minor": N_("At most"),
    "currency": N_("Currency"),
    "budget_line_id": N_("Budget line"),
}


def days_late(milestone: Milestone, today: date) -> int:
    """Return by how many days an open step is late; 0 when it is not."""
    is_open = milestone.state in OPEN_MILESTONE_STATES
    return max((today - milestone.due_on).days, 0) if is_open else 0


def late_by(days: int) -> str:
    """Return lateness in words."""
    return str(ngettext("Late by %(num)s day", "Late by %(num)s days", days))


def in_days(days: int) -> str:
    """Return a length of time in words."""
    return str(ngettext("%(num)s day", "%(num)s days", days))


def standing(milestone: Milestone, today: date) -> tuple[str, str]:
    """Return the status word and its tone: lateness first, because it asks for something."""
    late = days_late(milestone, today)
    if late:
        return late_by(late), "clay"
    state = milestone.state
    return _(state.label), state.tone


def evidence(milestone: Milestone) -> str:
    """Return how one knows that a step was reached."""
    message, params = evidence_of(milestone)
    return str(_(message, **params)) if milestone.evidence else ""


def service_name(line: PlanLine) -> str:
    """Return what is planned: `Counselling, 12 sessions`."""
    return named(line.category, line.unit, line.units, line.ceiling)


def named(category: str, unit: str, units: int, ceiling: Money) -> str:
    """Return a service in words; money up to a sum names the sum."""
    label = ServiceCategory.stored(category).label
    if unit == "amount":
        return str(_("%(service)s, up to %(sum)s", service=label, sum=filters.money(ceiling)))
    return f"{label}, {counted(units, unit)}"


def progress(line: PlanLine) -> str:
    """Return how far a service has come, or nothing before the first delivery."""
    done = delivered_count(line)
    if not done:
        return ""
    planned = planned_count(line)
    if is_value(line):
        return str(
            _(
                "%(done)s of %(planned)s used",
                done=filters.amount(Money(done, line.currency)),
                planned=filters.money(Money(planned, line.currency)),
            )
        )
    return str(_("%(done)s of %(planned)s", done=done, planned=counted(planned, line.unit)))


def out_of_order(plan: Plan) -> list[str]:
    """Return the sentences about steps that begin before what they wait for has ended."""
    return [sentence for _step, sentence in steps_out_of_order(plan)]


def steps_out_of_order(plan: Plan) -> list[tuple[Milestone, str]]:
    """Return each step that begins before what it waits for has ended, with its sentence."""
    return [
        (
            step,
            _(
                "“%(step)s” begins before “%(earlier)s” ends, and waits for it.",
                step=step.title,
                earlier=earlier.title,
            ),
        )
        for step, earlier in overlaps(live_milestones(plan))
    ]


def states(line: PlanLine, actions: Iterable[LineAction] = ()) -> list[tuple[str, str]]:
    """Return where a service stands, each a word and its tone; the same on the plan and on paper.

    Units decide before what a request or a voucher says: what is delivered is not under way.
    """
    if is_delivered(line):
        return [(_("Delivered"), "moss")]
    ordered = sorted(actions, key=lambda action: not action.primary)
    return [(action.status, action.tone) for action in ordered if action.status]


def to_do(line: PlanLine, actions: Iterable[LineAction]) -> list[LineAction]:
    """Return what can be done next with a service, the one next step first; nothing once over."""
    if is_delivered(line) or line.removed_at is not None:
        return []
    ordered = sorted(actions, key=lambda action: not action.primary)
    return [action for action in ordered if action.url and action.label]


def money_state(line: PlanLine, money: LineMoney | None) -> str:
    """Return where the money of a line stands, in the words of a case manager."""
    if not line.is_approved:
        return str(_("not approved yet"))
    if money is None or not (money.paid or money.delivered or money.committed):
        return str(_("nothing promised yet"))
    nothing_waits = is_delivered(line) and not (money.delivered or money.committed)
    if money.paid and (nothing_waits or money.paid >= line.approved_ceiling):
        return str(_("paid"))
    parts: list[Any] = []
    if money.paid:
        parts.append(_("%(sum)s paid", sum=filters.amount(money.paid)))
    if money.delivered:
        parts.append(_("%(sum)s delivered", sum=filters.amount(money.delivered)))
    if not parts:
        parts.append(_("%(sum)s promised", sum=filters.amount(money.committed)))
    return ", ".join(parts)
