"""One's own cases by name, phone or document: sent, never in an address, and written down."""

from collections.abc import Sequence

from flask import render_template

from reintegration.cases.forms import SearchForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import searching
from reintegration.cases.views import bp
from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.once import Shown
from reintegration.web.submit import Ask, Asking


@bp.form("/search", CasePermission.LIST, remembered=False)
def case_search() -> Asking:
    """Ask whom to look for, and list the cases of that person."""
    form = SearchForm()
    yield Ask(lambda: _page(form), form)
    found = searching.search(session(), words=form.words.data or "", **acting())
    return Shown(_page(form, found))


def _page(form: SearchForm, found: Sequence[CaseFile] | None = None) -> str:
    return render_template(
        "reintegration/cases/search.html", form=form, found=found, limit=searching.SEARCHES.tries
    )
