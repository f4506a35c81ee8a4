"""Notes in the case file: sealed, never changed, corrected by a later note."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, Note, PersonKey
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import vault
from reintegration.cases.services.agreed import require_kept
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.states import LONGEST_NOTE, WITHOUT_CONSENT, NoteKind
from reintegration.kernel import audit, clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.signing import signed


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A note in clear, with who wrote it, and for whom a deputy did."""

    id: UUID
    kind: NoteKind
    body: str
    who: str
    for_whom: str | None
    written_at: datetime


def write(
    session: Session, *, actor: Actor, case: CaseFile, kind: NoteKind, body: str, now: datetime
) -> Note:
    """Seal a note with the person's key; raise Invalid when it is empty or too long.

    Without the consent to keep a file only what is about a danger is written; else raises Conflict.
    """
    permissions.demand(actor, CasePermission.WRITE_NOTE, case)
    require_open(session, case.id)
    if kind not in WITHOUT_CONSENT:
        require_kept(session, case.id, today=clock.local_day(now))
    assert actor.id is not None
    text = body.strip()
    if not text:
        raise Invalid(N_("Write the note first."), field="body")
    if len(text) > LONGEST_NOTE:
        raise Invalid(
            N_("A note has %(most)d characters at most."), field="body", most=LONGEST_NOTE
        )
    note_id = new_id()
    note = Note(
        id=note_id,
        case_id=case.id,
        kind=kind,
        **signed("written_by", actor),
        written_at=now,
        body_sealed=vault.seal_for(session, case.id, text, bound_to=_bound_to(note_id)),
    )
    session.add(note)
    case.updated_at = now
    session.flush()
    audit.record(session, "note:write", note, actor=actor, now=now, fields=("body",))
    return note


def read(session: Session, case: CaseFile, *, limit: int = 50) -> Sequence[OpenNote]:
    """Return the newest notes of a case in clear; raise Conflict once the person was erased."""
    other = aliased(User)
    rows = session.execute(
        select(Note, User.name, other.name)
        .join(User, User.id == Note.written_by)
        .outerjoin(other, other.id == Note.written_for)
        .where(Note.case_id == case.id)
        .order_by(Note.written_at.desc(), Note.id)
        .limit(limit)
    ).all()
    opened = vault.unseal_for(
        session, case.id, {_bound_to(note.id): note.body_sealed for note, _who, _for_whom in rows}
    )
    return [
        OpenNote(note.id, note.kind, opened[_bound_to(note.id)], who, for_whom, note.written_at)
        for note, who, for_whom in rows
    ]


def read_unless_erased(
    session: Session, case: CaseFile, *, limit: int = 50
) -> Sequence[OpenNote] | None:
    """Return the newest notes, or None once the person was erased."""
    try:
        return read(session, case, limit=limit)
    except Conflict:
        return None


def opened_for_export(
    session: Session, *, actor: Actor, at_once: int
) -> Iterator[tuple[Note, str]]:
    """Yield every note of persons who were not erased with what it says, some read at a time."""
    permissions.demand(actor, CasePermission.USE_NAME_EXPORT)
    rows = (
        select(Note, PersonKey.wrapped)
        .join(PersonKey, PersonKey.case_id == Note.case_id)
        .order_by(Note.case_id, Note.id)
    )
    for note, wrapped in session.execute(rows, execution_options={"yield_per": at_once}):
        bound_to = _bound_to(note.id)
        yield (
            note,
            vault.unseal_with(session, note.case_id, wrapped, note.body_sealed, bound_to=bound_to),
        )


def _bound_to(note_id: UUID) -> str:
    return f"case_note|body|{note_id}"
