"""Files and photographs become the pages of a paper, which is its uploader's until they answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, outbox, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.papers import scanner
from reintegration.papers.content import apart
from reintegration.papers.content.kinds import MOST_BYTES, MOST_PAGES, Part, Refusal
from reintegration.papers.holders import Held, holder_of
from reintegration.papers.models import Paper, PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import sealing
from reintegration.papers.states import Scan

SCAN_CHANNEL = "papers.scan"
_LONGEST_NAME = 60
MOST_BEGUN = 20
"""Papers of one person that wait for their answer: nobody fills the disk by sending and leaving."""
Reader = Callable[[Sequence[bytes]], list[Part | Refusal]]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came; its name is only shown back to whoever sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, and why."""

    name: str
    why: Refusal


def begin(
    session: Session,
    held: Held,
    *,
    actor: Actor,
    files: Sequence[Upload],
    now: datetime,
    read_all: Reader = apart.read_all,
) -> tuple[Paper, list[Refused]]:
    """Make a paper of what can be taken of `files`; return it with what could not.

    They are read apart from this process; `read_all` reads files of our own making otherwise.
    Raises Invalid when nothing can be taken, Conflict when the thing takes no papers any more.
    """
    permissions.demand(actor, PaperPermission.ADD, held)
    holder_of(held).takes(session, held.about_id)
    _refuse_many_begun(session, actor)
    taken, refused = _read(files, read_all, pages=0, size=0)
    paper = Paper(
        id=new_id(),
        about=held.about,
        about_id=held.about_id,
        provider_id=held.provider_id,
        case_id=held.case_id,
        put_by=actor.id,
        put_at=now,
    )
    session.add(paper)
    session.flush()
    sealing.make_key(session, paper, now=now)
    _put(session, paper, taken, now=now)
    _note(session, "paper:begin", paper, actor=actor, now=now, added=len(taken))
    return paper, refused


def add(
    session: Session, paper: Paper, *, actor: Actor, files: Sequence[Upload], now: datetime
) -> list[Refused]:
    """Add pages to one's own paper that is not kept yet; return what could not be taken."""
    _lock_draft(session, paper, actor)
    taken, refused = _read(files, apart.read_all, pages=paper.pages, size=paper.size)
    _put(session, paper, taken, now=now)
    _note(session, "paper:add_pages", paper, actor=actor, now=now, added=len(taken))
    return refused


def remove_part(session: Session, part: PaperPart, *, actor: Actor, now: datetime) -> None:
    """Take one part out of one's own paper that is not kept yet, and destroy it."""
    paper = part.paper
    _lock_draft(session, paper, actor)
    sealing.drop(session, part)
    paper.parts.remove(part)
    session.flush()
    _note(session, "paper:remove_page", paper, actor=actor, now=now, removed=1)


def _refuse_many_begun(session: Session, actor: Actor) -> None:
    own = permissions.where(actor, Paper, PaperPermission.PREPARE)
    begun = session.scalar(select(func.count()).select_from(Paper).where(own))
    if (begun or 0) >= MOST_BEGUN:
        raise Conflict(
            N_("%(count)s papers of yours wait for your answer. Answer for them first."),
            field="files",
            count=begun,
        )


def _lock_draft(session: Session, paper: Paper, actor: Actor) -> None:
    permissions.demand(actor, PaperPermission.PREPARE, paper)
    lock(session, paper)
    if not paper.is_draft:
        raise Conflict(N_("This paper was kept already. Add the pages as another one."))


def _read(
    files: Sequence[Upload], read_all: Reader, *, pages: int, size: int
) -> tuple[list[Part], list[Refused]]:
    """Read files; raise Invalid when not one of them can be taken."""
    few = files[:MOST_PAGES]
    read = read_all([one.content for one in few])
    found = list(_bounded(read, pages, size)) + [Refusal.TOO_MANY_PAGES] * (len(files) - len(few))
    taken = [one for one in found if isinstance(one, Part)]
    refused = [
        Refused(file.name[:_LONGEST_NAME], one)
        for file, one in zip(files, found, strict=True)
        if isinstance(one, Refusal)
    ]
    if not taken:
        first = refused[0] if refused else Refused("", Refusal.EMPTY)
        raise Invalid(
            N_("Nothing was taken. %(name)s: %(why)s"),
            code=first.why,
            field="files",
            name=first.name,
            why=first.why,
        )
    return taken, refused


def _bounded(read: Sequence[Part | Refusal], pages: int, size: int) -> Iterator[Part | Refusal]:
    """Yield what was read, and a refusal for what would make the paper too long or too large."""
    for one in read:
        if isinstance(one, Refusal):
            yield one
        elif pages + one.pages > MOST_PAGES:
            yield Refusal.TOO_MANY_PAGES
        elif size + len(one.content) > MOST_BYTES:
            yield Refusal.WHOLE_TOO_LARGE
        else:
            pages, size = pages + one.pages, size + len(one.content)
            yield one


def _put(session: Session, paper: Paper, read: Sequence[Part], *, now: datetime) -> None:
    """Add parts, and ask the scanner about each where there is one."""
    asks = scanner.in_use() is not None
    scan = Scan.WAITING if asks else Scan.NOT_ASKED
    last = max((part.position for part in paper.parts), default=0)
    for position, one in enumerate(read, last + 1):
        part = sealing.add(session, paper, one, position=position, scan=scan)
        if asks:
            _ask_scanner(session, part.id, now=now)
    session.flush()


def _ask_scanner(session: Session, part_id: UUID, *, now: datetime) -> None:
    payload = {"part": str(part_id)}
    outbox.put(session, channel=SCAN_CHANNEL, key=f"paper:{part_id}:scan", payload=payload, now=now)


def _note(
    session: Session, action: str, paper: Paper, *, actor: Actor, now: datetime, **told: int
) -> None:
    data = {"about": paper.about, "pages": paper.pages, **told}
    audit.record(session, action, paper, actor=actor, now=now, data=data)
