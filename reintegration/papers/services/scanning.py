"""What the scanner said: a part is let go, or destroyed and told of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.errors import N_
from reintegration.kernel.locking import lock
from reintegration.papers.holders import holder_of
from reintegration.papers.models import PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import sealing
from reintegration.papers.states import Scan


def content_of(session: Session, part_id: UUID) -> bytes | None:
    """Return what the scanner is asked about; None when it waits for no answer any more."""
    part = session.get(PaperPart, part_id)
    if part is None or part.scan != Scan.WAITING or part.blob is None:
        return None
    return sealing.opened(session, part)


def answered(session: Session, part_id: UUID, *, harmful: bool, now: datetime) -> None:
    """Let a part be opened, or destroy it and tell its uploader and those who look after it."""
    part = session.get(PaperPart, part_id)
    if part is None:
        return
    permissions.demand(SYSTEM, PaperPermission.LOOK_AFTER, part.paper)
    lock(session, part.paper)
    session.refresh(part)
    if part.scan != Scan.WAITING:
        return
    part.scan = Scan.HARMFUL if harmful else Scan.CLEAN
    if harmful:
        sealing.drop(session, part)
        session.flush()
        told = {"part": str(part.id), "sha256": part.sha256.hex()}
        audit.record(session, "paper:harmful", part.paper, actor=SYSTEM, now=now, data=told)
        _tell(session, part, now=now)
    session.flush()


def _tell(session: Session, part: PaperPart, *, now: datetime) -> None:
    paper = part.paper
    about = holder_of(paper)
    readers = {*about.told(session, paper.about_id), paper.put_by} - {None}
    inbox.notify(
        session,
        [reader for reader in readers if reader is not None],
        f"paper:{part.id}:harmful",
        N_(
            "Harmful content was found in a file that was sent, so it was destroyed. Do not open"
            " that file where it came from."
        ),
        now=now,
    )
