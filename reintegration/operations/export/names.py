"""What leaves only sealed: who the persons are, what notes say, where confidential places are."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.services import notes, vault
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.base import Base
from reintegration.operations.export.folder import Draft
from reintegration.operations.export.rows import AT_ONCE, cells
from reintegration.web.table_files import Row

SEALED: dict[str, tuple[str, dict[str, str]]] = {
    "identities": (
        "Who each person is who was not erased.",
        {
            "case_id": "cases.id",
            "code": "By what the case is called.",
            "given_name": "Given name.",
            "family_name": "Family name.",
            "birth_date": "Date of birth.",
            "document_number": "Number of a document.",
            "phone": "Phone.",
            "address": "Address.",
        },
    ),
    "note_texts": (
        "What the notes of these persons say.",
        {"id": "notes.id", "case_id": "cases.id", "text": "The note."},
    ),
    "confidential_places": (
        "Where confidential sites are.",
        {
            "site_id": "sites.id",
            "territorial_unit": "The district, by its code (code_lists).",
            "locality": "Town or village.",
            "address": "Street and number.",
        },
    ),
}
"""Each sealed table: what it says, and what its columns mean."""


def write(session: Session, draft: Draft, *, to: str) -> None:
    """Write the sealed tables; who may was asked when the request was used up."""
    for name, rows in (
        ("identities", _identities(session)),
        ("note_texts", _notes(session)),
        ("confidential_places", _places(session)),
    ):
        draft.table(name, SEALED[name][1], rows, to=to)


def _identities(session: Session) -> Iterator[Row]:
    for case, found in vault.opened_for_export(session, actor=OPERATOR, at_once=AT_ONCE):
        yield cells([case.id, case.code, *(getattr(found, name) for name in vault.FIELDS)])


def _notes(session: Session) -> Iterator[Row]:
    for note, text in notes.opened_for_export(session, actor=OPERATOR, at_once=AT_ONCE):
        yield cells([note.id, note.case_id, text])


def _places(session: Session) -> Iterator[Row]:
    site, place = Base.metadata.tables["site"], Base.metadata.tables["site_place"]
    asked = (
        select(*(place.c[name] for name in SEALED["confidential_places"][1]))
        .join(site, site.c.id == place.c.site_id)
        .where(site.c.confidential)
        .order_by(place.c.site_id)
    )
    for row in session.execute(asked, execution_options={"yield_per": AT_ONCE}):
        yield cells(row)
