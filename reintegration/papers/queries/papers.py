"""Papers within somebody's reach."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import NotFound, or_404
from reintegration.papers.holders import Held, holder_of
from reintegration.papers.models import Paper, PaperPart
from reintegration.papers.permissions import PaperPermission

_VIEW = PaperPermission.VIEW


def paper_or_404(session: Session, actor: Actor, paper_id: UUID) -> Paper:
    """Return a paper whose thing the actor sees, or of whose case they are; raise NotFound."""
    paper = or_404(
        session.scalar(permissions.visible(actor, Paper, _VIEW).where(Paper.id == paper_id))
    )
    if not (paper.is_draft or paper.case_id in actor.caseload):
        or_404(thing_of(session, actor, paper))
    return paper


def part_or_404(session: Session, actor: Actor, paper_id: UUID, part_id: UUID) -> PaperPart:
    """Return a part of a paper within reach or raise NotFound."""
    paper = paper_or_404(session, actor, paper_id)
    return or_404(next((part for part in paper.parts if part.id == part_id), None))


def papers_of(session: Session, actor: Actor, held: Held) -> Sequence[Paper]:
    """Return the papers of a thing that the actor sees, oldest first."""
    return session.scalars(
        permissions.visible(actor, Paper, _VIEW)
        .where(Paper.about == held.about, Paper.about_id == held.about_id)
        .order_by(Paper.put_at, Paper.id)
    ).all()


def thing_of(session: Session, actor: Actor, paper: Paper) -> str | None:
    """Return the address of what a paper hangs on; None for who does not see that."""
    try:
        return holder_of(paper).seen(session, actor, paper.about_id)
    except NotFound:
        return None


def kept_blobs(session: Session, names: Sequence[str]) -> set[str]:
    """Return which of these names of stored bytes some part has."""
    found = session.scalars(select(PaperPart.blob).where(PaperPart.blob.in_(names)))
    return {name for name in found if name is not None}
