"""Erasing a person for good: asked for by one, done by another, on a page that says what goes."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_of
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
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional


def load_request(case_id: UUID) -> ErasureRequest:
    """Return the wish that waits in the case of the address."""
    return erasures.waiting_or_404(session(), current_actor(), case_id)


@bp.get("/<uuid:case_id>/erasure/ask")
@requires(CasePermission.ASK_ERASURE, load=load_case)
def case_erasure_ask(case: CaseFile) -> ResponseReturnValue:
    """Ask why the name shall be erased, or say what stands against it."""
    return _ask_page(case, ErasureForm())


@bp.post("/<uuid:case_id>/erasure/ask", endpoint="case_erasure_asked")
@requires(CasePermission.ASK_ERASURE, load=load_case)
@transactional
def case_erasure_asked(case: CaseFile) -> ResponseReturnValue:
    """Let a supervisor of the case decide."""
    form = ErasureForm()
    return submit(
        form,
        lambda: erasure.ask(session(), case, reason=form.reason.data or "", **acting()),
        again=lambda: _ask_page(case, form),
        said=_("It is asked for. Nothing is erased before a supervisor of the case does it."),
        to=url_for(".case_identity", case_id=case.id),
    )


@bp.get("/<uuid:case_id>/erasure")
@requires(CasePermission.DECIDE_ERASURE, load=load_request)
def case_erasure(request: ErasureRequest) -> ResponseReturnValue:
    """Say what will be gone and what stays."""
    return _decision_page(request, Form())


@bp.post("/<uuid:case_id>/erasure", endpoint="case_erased")
@requires(CasePermission.DECIDE_ERASURE, load=load_request)
@transactional
def case_erased(request: ErasureRequest) -> ResponseReturnValue:
    """Erase for good."""
    case, form = load_case(request.case_id), Form()
    return submit(
        form,
        lambda: erasure.erase(session(), case, request, **acting()),
        again=lambda: _decision_page(request, form),
        said=_("Name, details and notes are erased for good."),
        to=url_for(".case_page", case_id=case.id),
    )


@bp.post("/<uuid:case_id>/erasure/decline")
@requires(CasePermission.DECIDE_ERASURE, load=load_request)
@transactional
def case_erasure_decline(request: ErasureRequest) -> ResponseReturnValue:
    """Keep the name."""
    case = load_case(request.case_id)
    return press(
        lambda: erasure.decline(session(), case, request, **acting()),
        said=_("The name is kept. Whoever asked was told."),
        to=url_for(".case_identity", case_id=case.id),
    )


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
        asked_by=names_of(session(), [request.asked_by]).get(request.asked_by, "–"),
        exposure=case_moves.open_in_case(session(), case),
        form=form,
    )
