"""Which code a case has, for the trail: an auditor sees no case, but finds what was done in one.

Read as the system. A code names nobody; the trail has the ids of cases already.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.search import has_words


def case_of_code(session: Session, code: str) -> UUID | None:
    """Return the case with a code, the whole of it; capitals and marks on letters are as typed."""
    whole = func.punte_fold(CaseFile.code) == func.punte_fold(code.strip())
    with acting_as_system(session):
        return session.scalar(select(CaseFile.id).where(has_words(code, CaseFile.code), whole))


def codes_of_cases(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the codes of cases by id."""
    if not ids:
        return {}
    with acting_as_system(session):
        rows = session.execute(select(CaseFile.id, CaseFile.code).where(CaseFile.id.in_(ids)))
        return {row.id: row.code for row in rows}
