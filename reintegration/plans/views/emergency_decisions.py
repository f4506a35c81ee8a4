"""What waits for a second person, and saying yes or no to it."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.cases.permissions import CasePermission
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel import clock, hooks
from reintegration.kernel.db import session
from reintegration.plans.forms.emergency import DecisionForm
from reintegration.plans.models import EmergencyStart
from reintegration.plans.permissions import EmergencyPermission
from reintegration.plans.queries import emergencies
from reintegration.plans.services import emergency_decision
from reintegration.plans.services.emergency_decision import EmergencyRefused
from reintegration.plans.states import EmergencyState
from reintegration.plans.views import bp
from reintegration.plans.views.plan_page import budget_names
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def _load(emergency_id: UUID) -> EmergencyStart:
    return emergencies.emergency_or_404(session(), current_actor(), emergency_id)


@bp.page("/emergencies", EmergencyPermission.LIST)
def case_emergencies() -> ResponseReturnValue:
    """List what waits, the most urgent first, and what was decided lately."""
    return render_template(
        "reintegration/plans/emergencies.html",
        pending=emergencies.pending(session(), current_actor()),
        decided=emergencies.decided(session(), current_actor()),
    )


@bp.page("/emergencies/<uuid:emergency_id>", CasePermission.VIEW, load=_load)
def case_emergency_decision(started: EmergencyStart) -> ResponseReturnValue:
    """Show what was promised, why, and what a refusal would stop."""
    return _page(started, DecisionForm())


@bp.act("/emergencies/<uuid:emergency_id>", EmergencyPermission.DECIDE, load=_load)
def case_emergency_decided(started: EmergencyStart) -> Asking:
    """Ratify or refuse; never one's own."""
    form = DecisionForm()
    yield Ask(lambda: _page(started, form), form)
    _DECISIONS[form.decision.data](session(), started, comment=form.comment.data or "", **acting())
    return Next(
        url_for(".case_emergency_decision", emergency_id=started.id), str(_SAID[form.decision.data])
    )


_DECISIONS = {"ratify": emergency_decision.ratify, "refuse": emergency_decision.refuse}
_SAID = {"ratify": _l("Ratified."), "refuse": _l("Refused: what lay ahead has stopped.")}


def waiting() -> int:
    """Return the number beside Emergency starts in the navigation."""
    return emergencies.pending_count(session(), current_actor())


def _page(started: EmergencyStart, form: DecisionForm) -> str:
    state = started.state
    actor, now = current_actor(), clock.now()
    case = load_case(started.case_id)
    lines = emergencies.lines_of(session(), case.id)
    names = names_behind(session(), (started, "started_by"), (started, "decided_by"))
    return render_template(
        "reintegration/plans/emergency_decision.html",
        **shell(case, "cases.case_page"),
        started=started,
        started_by=signed_by(names, started, "started_by"),
        decided_by=signed_by(names, started, "decided_by"),
        lines=lines,
        asked=emergencies.asked_in(session(), started),
        ceiling=started.ceiling,
        paid_from=sorted(set(budget_names(lines).values())),
        form=form,
        would_stop=hooks.preview(session(), EmergencyRefused(case.id, now, actor))
        if state is EmergencyState.PENDING
        else [],
    )
