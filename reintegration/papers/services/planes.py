"""In which plane a paper is: whether the name of a person stands in it, and who has seen it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock
from reintegration.kernel.ports import Port
from reintegration.papers.holders import Held, holder_of
from reintegration.papers.models import Paper
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.queries.papers import papers_of
from reintegration.papers.services import sealing
from reintegration.papers.states import Scan

case_manager_of = Port[[Session, UUID], UUID | None]("who manages a case")


def keep(session: Session, paper: Paper, *, actor: Actor, named: bool, now: datetime) -> Paper:
    """Hang a paper on its thing: `named` says whether the name of a person stands in it.

    Raises Conflict when it has no page, was kept before, or its thing takes none any more; Invalid
    for a name where it can be of no single person.
    """
    permissions.demand(actor, PaperPermission.PREPARE, paper)
    holder_of(paper).takes(session, paper.about_id)
    lock(session, paper)
    if not paper.is_draft:
        raise Conflict(N_("This paper was kept already."))
    if not paper.parts:
        raise Conflict(N_("Add a page first: this paper has none."))
    if any(part.scan == Scan.HARMFUL for part in paper.parts):
        raise Conflict(N_("Remove the page with harmful content first."))
    if named:
        paper.case_id = _case_of_name(session, paper)
    paper.named, paper.kept_at = named, now
    _note(session, "paper:keep", paper, actor=actor, now=now)
    if named:
        _tell_case(session, paper, now=now)
    return paper


def name(session: Session, paper: Paper, *, actor: Actor, now: datetime) -> Paper:
    """Say that a name stands in a paper after all: from now on it opens in the case plane only."""
    permissions.demand(actor, PaperPermission.NAME, paper)
    lock(session, paper)
    _must_be(paper, named=False)
    paper.case_id, paper.named = _case_of_name(session, paper), True
    _note(session, "paper:name", paper, actor=actor, now=now)
    _tell_case(session, paper, now=now)
    return paper


def free(session: Session, paper: Paper, *, actor: Actor, now: datetime) -> Paper:
    """Say that no name stands in a paper any more: who sees its thing may open it."""
    permissions.demand(actor, PaperPermission.FREE, paper)
    lock(session, paper)
    _must_be(paper, named=True)
    paper.named = False
    _note(session, "paper:free", paper, actor=actor, now=now)
    return paper


def see(session: Session, paper: Paper, *, actor: Actor, now: datetime) -> Paper:
    """Confirm for those who may not open it that a paper says what it is there for."""
    permissions.demand(actor, PaperPermission.SEE, paper)
    lock(session, paper)
    _must_be(paper, named=True)
    paper.seen_by, paper.seen_at = actor.id, now
    _note(session, "paper:see", paper, actor=actor, now=now)
    return paper


def remove(session: Session, paper: Paper, *, actor: Actor, now: datetime) -> None:
    """Take a paper away with its bytes and its key; the trail keeps its hash."""
    permissions.demand(actor, PaperPermission.REMOVE, paper)
    if not paper.is_draft:
        holder_of(paper).takes(session, paper.about_id)
    lock(session, paper)
    _note(session, "paper:remove", paper, actor=actor, now=now)
    for part in paper.parts:
        sealing.drop(session, part)
    session.delete(paper)
    session.flush()


def remove_all_of(session: Session, held: Held, *, actor: Actor, now: datetime) -> None:
    """Take away every paper that the actor sees on a thing that is taken away itself."""
    for paper in papers_of(session, actor, held):
        remove(session, paper, actor=actor, now=now)


def _case_of_name(session: Session, paper: Paper) -> UUID:
    case_id = paper.case_id
    if case_id is None:
        with acting_as_system(session):
            case_id = holder_of(paper).case_of(session, paper.about_id)
    if case_id is None:
        raise Invalid(
            N_(
                "This does not belong to one person alone, so nobody could open it with a name in"
                " it. Black the name out, or send the paper without it."
            ),
            code="named",
            field="named",
        )
    return case_id


def _must_be(paper: Paper, *, named: bool) -> None:
    if paper.named is not named:
        raise Conflict(N_("Somebody said this of the paper already. Look at it again."))


def _tell_case(session: Session, paper: Paper, *, now: datetime) -> None:
    with acting_as_system(session):
        reader = case_manager_of(session, paper.case_id) if paper.case_id else None
    if reader is not None and reader != paper.put_by:
        inbox.notify(
            session,
            [reader],
            f"paper:{paper.id}:named",
            N_(
                "A paper with the name of a person came in. Only the case team can open it: look at"
                " it and confirm it."
            ),
            now=now,
            link=f"/papers/{paper.id}",
        )


def _note(session: Session, action: str, paper: Paper, *, actor: Actor, now: datetime) -> None:
    session.flush()
    data: dict[str, Any] = {
        "about": paper.about,
        "thing": str(paper.about_id),
        "named": paper.named,
        "pages": paper.pages,
        "sha256": paper.sha256,
    }
    audit.record(session, action, paper, actor=actor, now=now, data=data)
