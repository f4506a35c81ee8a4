"""Deciding: what waits, what changed, and approving or returning it."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reintegration.accounts.queries.users import names_of
from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.plans.forms.plans import DecisionForm
from reintegration.plans.models import Plan
from reintegration.plans.permissions import EmergencyPermission, PlanPermission
from reintegration.plans.queries import emergencies, plans, provision
from reintegration.plans.queries.differences import compare
from reintegration.plans.queries.plans import Waiting
from reintegration.plans.services import approval
from reintegration.plans.states import PlanState, VersionState
from reintegration.plans.views import bp, plan_text
from reintegration.plans.views.plan import case_of, load_plan
from reintegration.plans.views.plan_difference import shown, signed
from reintegration.web import filters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to decide; without `url` it is one's own, and somebody else decides."""

    case_code: str
    what: str
    text: str
    money: str
    by: str
    since: str
    url: str | None


@bp.page("/decisions", PlanPermission.LIST_DECISIONS)
def decisions() -> ResponseReturnValue:
    """List what waits for a decision: emergency help first, then plans, the longest wait first."""
    actor = current_actor()
    return render_template(
        "reintegration/plans/decisions.html",
        emergencies=[
            Row(
                case_code=row.code,
                what=_("Emergency help"),
                text=_("decide until %(when)s", when=filters.instant(row.start.ratify_by)),
                money=filters.money(row.asked),
                by=row.started_by,
                since=filters.instant(row.start.started_at),
                url=url_for("plans.case_emergency_decision", emergency_id=row.start.id)
                if permissions.permits(actor, EmergencyPermission.DECIDE, row.start)
                else None,
            )
            for row in emergencies.pending(session(), actor)
        ],
        plans=[_row(waiting) for waiting in plans.waiting(session(), actor)],
    )


@bp.page("/<uuid:case_id>/plan/decision", PlanPermission.VIEW, load=load_plan)
def decision(plan: Plan) -> ResponseReturnValue:
    """Show what changed since the last approval; who may decides here."""
    last = plans.last_version(session(), plan)
    return _page(plan, DecisionForm(number=last.number if last else 0))


@bp.act("/<uuid:case_id>/plan/decision", PlanPermission.DECIDE, load=load_plan)
def decide(plan: Plan) -> Asking:
    """Approve or return the version that was read."""
    form = DecisionForm()
    yield Ask(lambda: _page(plan, form), form)
    _DECISIONS[form.decision.data](
        session(), plan, number=form.read_number, comment=form.comment.data or "", **acting()
    )
    return Next(url_for("plans.decisions"), str(_SAID[form.decision.data]))


_DECISIONS = {"approve": approval.approve, "return": approval.send_back}
_SAID = {
    "approve": _l("The plan is approved. Its services can be arranged."),
    "return": _l("The plan is returned with your comment."),
}


def _row(waiting: Waiting) -> Row:
    difference = compare(
        waiting.approved.snapshot if waiting.approved else None, waiting.submitted.snapshot
    )
    count = len(difference.milestones) + len(difference.lines)
    may = permissions.permits(current_actor(), PlanPermission.DECIDE, waiting.plan)
    days = (clock.now() - waiting.submitted.submitted_at).days
    return Row(
        case_code=waiting.case.code,
        what=_("Plan, version %(number)s", number=waiting.submitted.number),
        text=ngettext("%(num)s change", "%(num)s changes", count),
        money=", ".join(signed(effect) for effect in difference.totals.values()) or _("no money"),
        by=waiting.submitted_by,
        since=plan_text.in_days(days) if days else _("today"),
        url=url_for("plans.decision", case_id=waiting.case.id) if may else None,
    )


def _page(plan: Plan, form: DecisionForm) -> str:
    actor, case = current_actor(), case_of(plan)
    last = plans.last_version(session(), plan)
    if last is None:
        raise NotFound
    waits = plan.state == PlanState.SUBMITTED
    base = plans.version(session(), plan, plan.approved_version) if waits else None
    if not waits and last.number > 1:
        base = plans.version(session(), plan, last.number - 1)
    difference = compare(base.snapshot if base else None, last.snapshot)
    names = names_of(session(), [last.submitted_by, last.decided_by])
    return render_template(
        "reintegration/plans/decision.html",
        case=case,
        plan=plan,
        version=last,
        base=base,
        waits=waits,
        returned=last.state == VersionState.RETURNED,
        submitted_by=names.get(last.submitted_by, ""),
        decided_by=names[last.decided_by] if last.decided_by else "",
        difference=shown(
            difference,
            plan,
            provision.budget_choices(session(), actor, clock.local_day(clock.now())),
        ),
        may_decide=waits and permissions.permits(actor, PlanPermission.DECIDE, plan),
        form=form,
    )
