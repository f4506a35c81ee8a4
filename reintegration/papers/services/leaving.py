"""Papers that leave the house in an export: which ones, their bytes, and that they left."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.audit import Subject
from reintegration.kernel.errors import Conflict
from reintegration.papers.models import Paper, PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import opening, sealing


def listed(session: Session, *, of_cases: bool) -> list[Subject]:
    """Return the papers that leave; those of the case plane only where asked for."""
    asked = select(Paper.id, Paper.case_id).where(Paper.kept_at.is_not(None)).order_by(Paper.id)
    if not of_cases:
        asked = asked.where(Paper.case_id.is_(None))
    return [Subject("paper", row.id, row.case_id) for row in session.execute(asked)]


def note(session: Session, papers: Iterable[Subject], *, actor: Actor, now: datetime) -> None:
    """Write down of each paper that it leaves."""
    permissions.demand(actor, PaperPermission.EXPORT)
    about = ((one, dict[str, Any]()) for one in papers)
    audit.record_many(session, about, actor=actor, action="paper:export", now=now)


def opened(
    session: Session, *, of_cases: bool, actor: Actor
) -> Iterator[tuple[PaperPart, bytes | None]]:
    """Yield the parts of one plane with their bytes, one at a time.

    None where they do not open: destroyed, damaged, or not yet called harmless.
    """
    permissions.demand(actor, PaperPermission.EXPORT)
    for part in session.scalars(_parts(of_cases=of_cases), execution_options={"yield_per": 20}):
        try:
            opening.refuse_unsafe(part)
            yield part, sealing.opened(session, part)
        except Conflict as refused:
            if refused.code == sealing.AWAY:
                raise
            yield part, None


def _parts(*, of_cases: bool) -> Select[PaperPart]:
    plane = Paper.case_id.is_not(None) if of_cases else Paper.case_id.is_(None)
    return (
        select(PaperPart)
        .join(Paper, Paper.id == PaperPart.paper_id)
        .where(Paper.kept_at.is_not(None), plane)
        .order_by(PaperPart.paper_id, PaperPart.position)
    )
