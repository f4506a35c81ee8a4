"""Deciding: what waits, what changed, and approving or returning it."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.cases.queries import erasures
from reintegration.kernel import bounded, clock, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.plans.forms.plans import DecisionForm
from reintegration.plans.models import Plan
from reintegration.plans.permissions import PlanPermission
from reintegration.plans.queries import emergencies, plans, provision
from reintegration.plans.queries.differences import compare
from reintegration.plans.queries.plans import Waiting
from reintegration.plans.services import approval
from reintegration.plans.states import PlanState, VersionState
from reintegration.plans.views import bp, plan_text
from reintegration.plans.views.deciding import Queue, Row
from reintegration.plans.views.plan import case_of, load_plan
from reintegration.plans.views.plan_difference import shown, signed
from reintegration.web import filters, slots
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


@bp.page("/decisions", PlanPermission.LIST_DECISIONS)
def decisions() -> ResponseReturnValue:
    """List what waits for a decision: emergency help first; the longest wait of a kind first."""
    actor = current_actor()
    queues = [
        Queue(
            _("Emergency help"),
            _("Until"),
            [_emergency(row) for row in emergencies.pending(session(), actor)],
        ),
        Queue(_("Plans"), _("Changes"), [_row(one) for one in plans.waiting(session(), actor)]),
        *slots.collect("decisions.queues", session=session(), actor=actor),
        Queue(_("Names to be erased"), "", _erasures()),
    ]
    return render_template(
        "reintegration/plans/decisions.html", queues=queues, at_once=bounded.AT_ONCE
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


def _emergency(row: emergencies.EmergencyRow) -> Row:
    return Row(
        case_code=row.code,
        what=_("Emergency help"),
        text=_("decide until %(when)s", when=filters.instant(row.start.ratify_by)),
        money=filters.money(row.asked),
        by=filters.on_behalf(row.started_by, row.started_for),
        since=filters.instant(row.start.started_at),
        url=url_for("plans.case_emergency_decision", emergency_id=row.start.id)
        if row.mine
        else None,
    )


def _erasures() -> list[Row]:
    found = erasures.waiting_for(session(), current_actor(), limit=bounded.AT_ONCE)
    names = names_behind(session(), *((request, "asked_by") for request, _code in found))
    return [
        Row(
            case_code=code,
            what=_("Erase the name for good"),
            text="",
            money=_("no money"),
            by=signed_by(names, request, "asked_by"),
            since=filters.day_month(clock.local_day(request.asked_at)),
            url=url_for("cases.case_erasure", case_id=request.case_id),
        )
        for request, code in found
    ]


def _row(waiting: Waiting) -> Row:
    difference = compare(
        waiting.approved.snapshot if waiting.approved else None, waiting.submitted.snapshot
    )
    count = len(difference.milestones) + len(difference.lines)
    days = (clock.now() - waiting.submitted.submitted_at).days
    return Row(
        case_code=waiting.case.code,
        what=_("Plan, version %(number)s", number=waiting.submitted.number),
        text=ngettext("%(num)s change", "%(num)s changes", count),
        money=", ".join(signed(effect) for effect in difference.totals.values()) or _("no money"),
        by=filters.on_behalf(waiting.submitted_by, waiting.submitted_for),
        since=plan_text.in_days(days) if days else _("today"),
        url=url_for("plans.decision", case_id=waiting.case.id) if waiting.mine else None,
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
    back = plans.returned_last(session(), plan, before=last.number) if waits else None
    acts = [(last, "submitted_by"), (last, "decided_by"), *([(back, "decided_by")] if back else [])]
    names = names_behind(session(), *acts)
    budget = provision.budget_choices(session(), actor, clock.local_day(clock.now()))
    return render_template(
        "reintegration/plans/decision.html",
        case=case,
        plan=plan,
        version=last,
        base=base,
        waits=waits,
        returned=last.state == VersionState.RETURNED,
        submitted_by=signed_by(names, last, "submitted_by"),
        decided_by=signed_by(names, last, "decided_by"),
        difference=shown(difference, plan, budget),
        back=back,
        returned_by=signed_by(names, back, "decided_by") if back else "",
        since_return=shown(compare(back.snapshot, last.snapshot), plan, budget) if back else None,
        out_of_order=plan_text.out_of_order(plan) if waits else [],
        may_decide=waits and permissions.permits(actor, PlanPermission.DECIDE, plan),
        form=form,
    )
