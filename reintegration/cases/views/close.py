"""Closing a case, and opening it again."""

from flask import render_template, url_for
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
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked_why


@bp.form("/<uuid:case_id>/close", CasePermission.CLOSE, load=load_case)
def case_close(case: CaseFile) -> Asking:
    """Close the case unless something is open."""
    form = CloseForm()
    yield Ask(lambda: _close_page(case, form), form)
    case_moves.close(session(), case, reason=ClosureReason(form.why.data), **acting())
    return _back(case, _("The case is closed."))


@bp.form("/<uuid:case_id>/reopen", CasePermission.CLOSE, load=load_case)
def case_reopen(case: CaseFile) -> Asking:
    """Open the case again."""
    page, around = "reintegration/cases/reopen.html", shell(case, "cases.case_page")
    reason = yield from asked_why(page, ReopenForm(), **around)
    case_moves.reopen(session(), case, reason=reason, **acting())
    return _back(case, _("The case is open again."))


def _back(case: CaseFile, said: str) -> Next:
    return Next(url_for(".case_page", case_id=case.id), said)


def _close_page(case: CaseFile, form: CloseForm) -> str:
    return render_template(
        "reintegration/cases/close.html",
        **shell(case, "cases.case_page"),
        form=form,
        exposure=case_moves.open_in_case(session(), case),
    )
