"""Closing a case, and opening it again."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import CloseForm, ReopenForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import case_moves
from reintegration.cases.states import ClosureReason
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional


@bp.get("/<uuid:case_id>/close")
@requires(CasePermission.CLOSE, load=load_case)
def case_close(case: CaseFile) -> ResponseReturnValue:
    """Show what is still open, or the form that closes."""
    return _close_page(case, CloseForm())


@bp.post("/<uuid:case_id>/close", endpoint="case_closed")
@requires(CasePermission.CLOSE, load=load_case)
@transactional
def case_closed(case: CaseFile) -> ResponseReturnValue:
    """Close the case unless something is open."""
    form = CloseForm()
    return submit(
        form,
        lambda: case_moves.close(session(), case, reason=ClosureReason(form.why.data), **acting()),
        again=lambda: _close_page(case, form),
        said=_("The case is closed."),
        to=url_for(".case_page", case_id=case.id),
    )


@bp.get("/<uuid:case_id>/reopen")
@requires(CasePermission.CLOSE, load=load_case)
def case_reopen(case: CaseFile) -> ResponseReturnValue:
    """Ask why the case is opened again."""
    return _reopen_page(case, ReopenForm())


@bp.post("/<uuid:case_id>/reopen", endpoint="case_reopened")
@requires(CasePermission.CLOSE, load=load_case)
@transactional
def case_reopened(case: CaseFile) -> ResponseReturnValue:
    """Open the case again."""
    form = ReopenForm()
    return submit(
        form,
        lambda: case_moves.reopen(session(), case, reason=form.reason.data or "", **acting()),
        again=lambda: _reopen_page(case, form),
        said=_("The case is open again."),
        to=url_for(".case_page", case_id=case.id),
    )


def _close_page(case: CaseFile, form: CloseForm) -> str:
    return render_template(
        "reintegration/cases/close.html",
        **shell(case, "cases.case_page"),
        form=form,
        exposure=case_moves.open_in_case(session(), case),
    )


def _reopen_page(case: CaseFile, form: ReopenForm) -> str:
    return render_template(
        "reintegration/cases/reopen.html", **shell(case, "cases.case_page"), form=form
    )
