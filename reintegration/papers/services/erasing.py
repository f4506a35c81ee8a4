"""Erasing a person: the papers of their case lose their keys and their bytes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.papers.holders import Held, registered
from reintegration.papers.models import Paper, PaperKey
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import sealing


def destroy_papers_of(session: Session, case_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Destroy the papers that name a person, and those of the case itself; return how many.

    That they were there stays known. A bill from which the name was taken stays: it proves what
    was paid.
    """
    permissions.demand(actor, PaperPermission.ERASE, Held("case", case_id, case_id=case_id))
    found = session.scalars(
        select(Paper)
        .where(
            Paper.case_id == case_id,
            Paper.destroyed_at.is_(None),
            or_(Paper.named.is_(True), Paper.about.in_(_of_cases())),
        )
        .order_by(Paper.id)
        .with_for_update(of=Paper, key_share=True)
    ).all()
    for paper in found:
        for part in paper.parts:
            sealing.drop(session, part)
        paper.destroyed_at = now
        told = {"about": paper.about, "sha256": paper.sha256}
        audit.record(session, "paper:erase", paper, actor=actor, now=now, data=told)
    session.flush()
    session.execute(delete(PaperKey).where(PaperKey.paper_id.in_([one.id for one in found])))
    return len(found)


def _of_cases() -> list[str]:
    return [name for name, holder in registered().items() if holder.of_case]
