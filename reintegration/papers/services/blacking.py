"""Blacking out: rectangles are burned into a page, and the page as it was is destroyed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock
from reintegration.papers.content import pictures
from reintegration.papers.content.kinds import PartKind
from reintegration.papers.content.pictures import Rectangle
from reintegration.papers.models import PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import opening, sealing

MOST = 50
_WHOLE = 1000


def black_out(
    session: Session,
    part: PaperPart,
    *,
    actor: Actor,
    rectangles: Sequence[Rectangle],
    now: datetime,
) -> PaperPart:
    """Burn `rectangles` into a page; what stood under them and the bytes of before are gone.

    Whoever confirmed the paper confirmed another one, so that is taken back. Raises Invalid for no
    rectangle or one outside the page, Conflict for a PDF and for what cannot be opened.
    """
    paper = part.paper
    permissions.demand(actor, PaperPermission.BLACK_OUT, paper)
    lock(session, paper)
    opening.refuse_unsafe(part)
    if part.kind != PartKind.PICTURE:
        raise Conflict(
            N_("A PDF cannot be blacked out here. Photograph its page, or save it as a picture.")
        )
    _refuse_outside(rectangles)
    before = part.sha256.hex()
    made = pictures.black_out(sealing.opened(session, part), rectangles)
    sealing.put(session, part, made)
    part.blacked_out_at, paper.seen_by, paper.seen_at = now, None, None
    session.flush()
    told = {"part": str(part.id), "before": before, "sha256": part.sha256.hex()}
    audit.record(session, "paper:black_out", paper, actor=actor, now=now, data=told)
    return part


def _refuse_outside(rectangles: Sequence[Rectangle]) -> None:
    if not rectangles:
        raise Invalid(N_("Draw over what shall be black first."), field="rectangles")
    if len(rectangles) > MOST or not all(map(_is_inside, rectangles)):
        raise Invalid(
            N_("A rectangle lies outside of the page. Draw it again."), field="rectangles"
        )


def _is_inside(one: Rectangle) -> bool:
    return (
        one.left >= 0
        and one.top >= 0
        and one.width > 0
        and one.height > 0
        and one.left + one.width <= _WHOLE
        and one.top + one.height <= _WHOLE
    )
