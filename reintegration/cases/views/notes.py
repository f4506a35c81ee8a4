"""Notes of a case: added, read, and corrected by a later note."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import NoteForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries.consents import is_kept
from reintegration.cases.services import notes
from reintegration.cases.states import LONGEST_NOTE, WITHOUT_CONSENT, NoteKind
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.filters import instant
from reintegration.web.forms import choices
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


@bp.page("/<uuid:case_id>/notes", CasePermission.VIEW, load=load_case)
def case_notes(case: CaseFile) -> ResponseReturnValue:
    """Show the notes, newest first, and the form for one more."""
    found = notes.read_unless_erased(session(), case)
    form, kept = NoteForm(formdata=None), _is_kept(case)
    _offer(form, kept=kept)
    corrected = _corrected(found or [], parameters.text("correct"))
    if corrected is not None:
        form.kind.data = corrected.kind
        form.body.data = _(
            "Correction of the note of %(when)s: ", when=instant(corrected.written_at)
        )
    return _page(case, form, found, kept)


@bp.act("/<uuid:case_id>/notes", CasePermission.WRITE_NOTE, load=load_case)
def case_note_save(case: CaseFile) -> Asking:
    """Seal one more note."""
    form, kept = NoteForm(), _is_kept(case)
    _offer(form, kept=kept)
    yield Ask(lambda: _page(case, form, notes.read_unless_erased(session(), case), kept), form)
    notes.write(
        session(), case=case, kind=NoteKind(form.kind.data), body=form.body.data or "", **acting()
    )
    return Next(url_for(".case_notes", case_id=case.id), _("The note is kept."))


def _is_kept(case: CaseFile) -> bool:
    return is_kept(session(), case.id, clock.local_day(clock.now()))


def _offer(form: NoteForm, *, kept: bool) -> None:
    """Offer only what may be written while the person has not agreed that a file is kept."""
    if not kept:
        form.kind.choices = choices(WITHOUT_CONSENT)
        form.kind.data = form.kind.data if form.is_submitted() else WITHOUT_CONSENT[0]


def _corrected(found: Sequence[notes.OpenNote], note_id: str) -> notes.OpenNote | None:
    try:
        wanted = UUID(note_id)
    except ValueError:
        return None
    return next((note for note in found if note.id == wanted), None)


def _page(
    case: CaseFile, form: NoteForm, found: Sequence[notes.OpenNote] | None, kept: bool
) -> str:
    return render_template(
        "reintegration/cases/notes.html",
        **shell(case, "cases.case_notes"),
        form=form,
        is_kept=kept,
        notes=found,
        longest=LONGEST_NOTE,
    )
