"""Files that stand beside the tables: papers, what banks sent, what banks were sent."""

from collections.abc import Iterator
from pathlib import PurePath

from sqlalchemy.orm import Session

from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.base import Base
from reintegration.operations.export import rows
from reintegration.operations.export.folder import Draft
from reintegration.papers.models import PaperPart
from reintegration.papers.services import leaving

_LONGEST_ENDING = 6
_BEGINS = ((b"\xff\xd8", ".jpg"), (b"\x89PNG", ".png"), (b"%PDF", ".pdf"))
BESIDE = {
    "papers": "Each page of a paper, named by paper_parts.id: in the open those in which no name"
    " stands and that hang on no thing of a case, the others only sealed.",
    "bank_files": "What banks sent, as it came, named by bank_files.id.",
    "payment_files": "What banks were sent, named by payment_batches.id.",
}


def of_banks(session: Session, draft: Draft) -> None:
    """Write the files of banks, those that came and those that went."""
    tables = Base.metadata.tables
    for folder, table, column, called in (
        ("bank_files", "bank_file", "content", "name"),
        ("payment_files", "payment_batch", "file_content", "file_name"),
    ):
        source = tables[table]
        for key, name, content in rows.contents(
            session, source, source.c[column], source.c[called]
        ):
            draft.file(f"{folder}/{key}{_ending(name)}", [content])


def papers(session: Session, draft: Draft, *, to: str | None) -> list[str]:
    """Write papers of both planes, or without a receiver only those in which no name stands.

    Return the ids of parts that do not open any more.
    """
    closed = list(_written(session, draft, of_cases=False, to=None))
    if to is not None:
        closed += _written(session, draft, of_cases=True, to=to)
    return closed


def _written(session: Session, draft: Draft, *, of_cases: bool, to: str | None) -> Iterator[str]:
    for part, content in leaving.opened(session, of_cases=of_cases, actor=OPERATOR):
        if content is None:
            yield str(part.id)
        else:
            draft.file(_name(part, content), [content], to=to)


def _name(part: PaperPart, content: bytes) -> str:
    ending = next((ending for begins, ending in _BEGINS if content.startswith(begins)), "")
    return f"papers/{part.id}{ending}"


def _ending(name: str) -> str:
    """Return how a name ends, where that is harmless."""
    ending = PurePath(name).suffix.lower()
    is_plain = ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= _LONGEST_ENDING
    return ending if is_plain else ""
