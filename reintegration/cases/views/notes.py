"""Notes of a case: added, read, and corrected by a later note."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import NoteForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import notes
from reintegration.cases.states import NOTE_KIND_LABELS, NoteKind
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import Conflict, DomainError
from reintegration.web.current import current_actor
from reintegration.web.filters import instant
from reintegration.web.requires import requires
from reintegration.web.transactional import transactional


@bp.get("/<uuid:case_id>/notes")
@requires(CasePermission.VIEW, load=load_case)
def case_notes(case: CaseFile) -> ResponseReturnValue:
    """Show the notes, newest first, and the form for one more."""
    found = _read(case)
    form = NoteForm(formdata=None)
    corrected = _corrected(found or [], request.args.get("correct", ""))
    if corrected is not None:
        form.kind.data = corrected.kind.value
        form.body.data = _(
            "Correction of the note of %(when)s: ", when=instant(corrected.written_at)
        )
    return _page(case, form, found)


@bp.post("/<uuid:case_id>/notes", endpoint="case_note_save")
@requires(CasePermission.WRITE_NOTE, load=load_case)
@transactional
def case_note_save(case: CaseFile) -> ResponseReturnValue:
    """Seal one more note."""
    form = NoteForm()
    if form.validate():
        try:
            notes.write(
                session(),
                actor=current_actor(),
                case=case,
                kind=NoteKind(form.kind.data),
                body=form.body.data or "",
                now=clock.now(),
            )
        except DomainError as error:
            form.refuse(error, "body")
        else:
            flash(_("The note is kept."), "done")
            return redirect(url_for(".case_notes", case_id=case.id))
    return _page(case, form, _read(case)), 422


def _read(case: CaseFile) -> list[notes.OpenNote] | None:
    """Return the notes, or None when the person was erased."""
    try:
        return list(notes.read(session(), case))
    except Conflict:
        return None


def _corrected(found: list[notes.OpenNote], note_id: str) -> notes.OpenNote | None:
    try:
        wanted = UUID(note_id)
    except ValueError:
        return None
    return next((note for note in found if note.id == wanted), None)


def _page(case: CaseFile, form: NoteForm, found: list[notes.OpenNote] | None) -> str:
    return render_template(
        "reintegration/cases/notes.html",
        **shell(case, "cases.case_notes"),
        form=form,
        notes=found,
        note_labels=NOTE_KIND_LABELS,
        longest=notes.LONGEST,
    )
