"""Opening a part of a paper: who did is written down before it is shown."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.audit import Subject
from reintegration.kernel.errors import N_, Conflict
from reintegration.papers.models import PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import sealing
from reintegration.papers.states import Scan


def open_part(session: Session, part: PaperPart, *, actor: Actor, now: datetime) -> bytes:
    """Return the bytes of a part; the trail has a row of it first.

    Raises NotPermitted outside its plane, Conflict while the scanner has not answered, once it
    found harmful content, and when the bytes are destroyed or damaged.
    """
    permissions.demand(actor, PaperPermission.OPEN, part.paper)
    refuse_unsafe(part)
    content = sealing.opened(session, part)
    about = Subject("paper", part.paper_id, part.paper.case_id)
    page = {"part": str(part.id), "sha256": part.sha256.hex()}
    audit.leave(session, "paper:open", about, actor=actor, now=now, data=page)
    return content


def refuse_unsafe(part: PaperPart) -> None:
    """Raise Conflict unless the scanner, where there is one, found nothing in a part."""
    if part.scan == Scan.WAITING:
        raise Conflict(
            N_("It is being checked for harmful content. Try again in a minute."), code="waiting"
        )
    if part.scan == Scan.HARMFUL:
        raise Conflict(
            N_("Harmful content was found in it, so it was destroyed and opens for nobody."),
            code="harmful",
        )
