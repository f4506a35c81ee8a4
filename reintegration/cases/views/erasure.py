"""Erasing a person for good: asked for by one, done by another, on a page that says what goes."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.cases.forms import ErasureForm
from reintegration.cases.models import CaseFile, ErasureRequest
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import erasures
from reintegration.cases.services import case_moves, erasure
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def load_request(case_id: UUID) -> ErasureRequest:
    """Return the wish that waits in the case of the address."""
    return erasures.waiting_or_404(session(), current_actor(), case_id)


@bp.form("/<uuid:case_id>/erasure/ask", CasePermission.ASK_ERASURE, load=load_case)
def case_erasure_ask(case: CaseFile) -> Asking:
    """Let a supervisor of the case decide."""
    form = ErasureForm()
    yield Ask(lambda: _ask_page(case, form), form)
    erasure.ask(session(), case, reason=form.reason.data or "", **acting())
    return Next(
        url_for(".case_identity", case_id=case.id),
        _("It is asked for. Nothing is erased before a supervisor of the case does it."),
    )


@bp.form("/<uuid:case_id>/erasure", CasePermission.DECIDE_ERASURE, load=load_request)
def case_erasure(request: ErasureRequest) -> Asking:
    """Erase for good."""
    form = Form()
    yield Ask(lambda: _decision_page(request, form), form)
    erasure.erase(session(), load_case(request.case_id), request, **acting())
    said = _("Name, details and notes are erased for good.")
    return Next(url_for(".case_page", case_id=request.case_id), said)


@bp.act("/<uuid:case_id>/erasure/decline", CasePermission.DECIDE_ERASURE, load=load_request)
def case_erasure_decline(request: ErasureRequest) -> Next:
    """Keep the name."""
    erasure.decline(session(), load_case(request.case_id), request, **acting())
    said = _("The name is kept. Whoever asked was told.")
    return Next(url_for(".case_identity", case_id=request.case_id), said)


def _ask_page(case: CaseFile, form: ErasureForm) -> str:
    return render_template(
        "reintegration/cases/erasure_ask.html",
        **shell(case, "cases.case_identity"),
        form=form,
        exposure=case_moves.open_in_case(session(), case),
        waits=erasures.waiting(session(), case.id) is not None,
    )


def _decision_page(request: ErasureRequest, form: Form) -> str:
    case = load_case(request.case_id)
    return render_template(
        "reintegration/cases/erasure.html",
        **shell(case, "cases.case_identity"),
        request_=request,
        asked_by=signed_by(names_behind(session(), (request, "asked_by")), request, "asked_by"),
        exposure=case_moves.open_in_case(session(), case),
        form=form,
    )
