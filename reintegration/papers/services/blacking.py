"""Blacking out: rectangles are burned into a page, and the page as it was is destroyed.

The pages of a PDF are drawn as pictures first, in its place: what only a program of theirs hid or
carried is not drawn, and so is gone too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock
from reintegration.papers.content import apart, pictures
from reintegration.papers.content.kinds import MOST_BYTES, Part, PartKind, Refusal, Unfit
from reintegration.papers.content.pictures import Rectangle
from reintegration.papers.models import Paper, PaperPart
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
    paper = _hold(session, part, actor)
    if part.kind != PartKind.PICTURE:
        raise Conflict(N_("Make pictures of the pages of this PDF first."))
    _refuse_outside(rectangles)
    before = part.sha256.hex()
    made = pictures.black_out(sealing.opened(session, part), rectangles)
    sealing.put(session, part, made)
    part.blacked_out_at, paper.seen_by, paper.seen_at = now, None, None
    session.flush()
    told = {"part": str(part.id), "before": before, "sha256": part.sha256.hex()}
    audit.record(session, "paper:black_out", paper, actor=actor, now=now, data=told)
    return part


def draw_pages(
    session: Session,
    part: PaperPart,
    *,
    actor: Actor,
    now: datetime,
    draw: Callable[[bytes, int], list[Part]] = apart.draw,
) -> list[PaperPart]:
    """Put a picture of each page in the place of a PDF, which is destroyed; return the pictures.

    Whoever confirmed the paper confirmed another one, so that is taken back. Raises Conflict for a
    picture and for what cannot be opened, Invalid where a page cannot be drawn or all of them
    together are too large; the PDF is as it was then.
    """
    paper = _hold(session, part, actor)
    if part.kind != PartKind.PDF:
        raise Conflict(N_("This page is a picture already."))
    try:
        drawn = draw(sealing.opened(session, part), part.pages)
    except Unfit as problem:
        raise Invalid(problem.refusal.label) from None
    if paper.size - part.size + sum(len(one.content) for one in drawn) > MOST_BYTES:
        raise Invalid(Refusal.WHOLE_TOO_LARGE.label)
    before = part.sha256.hex()
    made = _put_in_place(session, part, drawn)
    paper.seen_by, paper.seen_at = None, None
    session.flush()
    told = {"before": before, "parts": [str(one.id) for one in made], "sha256": paper.sha256}
    audit.record(session, "paper:draw_pages", paper, actor=actor, now=now, data=told)
    return made


def _put_in_place(session: Session, part: PaperPart, drawn: Sequence[Part]) -> list[PaperPart]:
    """Let pictures of a PDF, which the scanner has passed as it is, stand where it stood."""
    paper, place, scan = part.paper, part.position, part.scan
    sealing.drop(session, part)
    paper.parts.remove(part)
    for later in paper.parts:
        if later.position > place:
            later.position += len(drawn) - 1
    made = [
        sealing.add(session, paper, one, position=position, scan=scan)
        for position, one in enumerate(drawn, place)
    ]
    paper.parts.sort(key=attrgetter("position"))
    return made


def _hold(session: Session, part: PaperPart, actor: Actor) -> Paper:
    """Lock the paper of a part for whoever may black it out, and refuse what is not safe."""
    paper = part.paper
    permissions.demand(actor, PaperPermission.BLACK_OUT, paper)
    lock(session, paper)
    if part not in paper.parts:
        raise Conflict(N_("This page was changed meanwhile. Look at the paper again."))
    opening.refuse_unsafe(part)
    return paper


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
