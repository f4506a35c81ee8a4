"""Notes of a case: added, read, and corrected by a later note."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import NoteForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import notes
from reintegration.cases.states import LONGEST_NOTE, NoteKind
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.filters import instant
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


@bp.page("/<uuid:case_id>/notes", CasePermission.VIEW, load=load_case)
def case_notes(case: CaseFile) -> ResponseReturnValue:
    """Show the notes, newest first, and the form for one more."""
    found = notes.read_unless_erased(session(), case)
    form = NoteForm(formdata=None)
    corrected = _corrected(found or [], parameters.text("correct"))
    if corrected is not None:
        form.kind.data = corrected.kind
        form.body.data = _(
            "Correction of the note of %(when)s: ", when=instant(corrected.written_at)
        )
    return _page(case, form, found)


@bp.act("/<uuid:case_id>/notes", CasePermission.WRITE_NOTE, load=load_case)
def case_note_save(case: CaseFile) -> Asking:
    """Seal one more note."""
    form = NoteForm()
    yield Ask(lambda: _page(case, form, notes.read_unless_erased(session(), case)), form)
    notes.write(
        session(), case=case, kind=NoteKind(form.kind.data), body=form.body.data or "", **acting()
    )
    return Next(url_for(".case_notes", case_id=case.id), _("The note is kept."))


def _corrected(found: Sequence[notes.OpenNote], note_id: str) -> notes.OpenNote | None:
    try:
        wanted = UUID(note_id)
    except ValueError:
        return None
    return next((note for note in found if note.id == wanted), None)


def _page(case: CaseFile, form: NoteForm, found: Sequence[notes.OpenNote] | None) -> str:
    return render_template(
        "reintegration/cases/notes.html",
        **shell(case, "cases.case_notes"),
        form=form,
        notes=found,
        longest=LONGEST_NOTE,
    )
