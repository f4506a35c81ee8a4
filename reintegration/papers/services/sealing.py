"""Sealing parts into the store and opening them; what is dropped goes once that is committed."""

import hashlib
import logging
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import event as sa_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import crypto
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id
from reintegration.papers import store
from reintegration.papers.content.kinds import Part
from reintegration.papers.models import Paper, PaperKey, PaperPart
from reintegration.papers.states import Scan

_DROPPED = "papers.dropped"
AWAY = "away"
"""The code of the refusal when the place of papers does not answer."""
log = logging.getLogger(__name__)


def make_key(session: Session, paper: Paper, *, now: datetime) -> None:
    """Give a new paper its own data key, wrapped by the master key."""
    wrapped = keyring(session).wrap_paper_key(
        secrets.token_bytes(crypto.KEY_BYTES), paper_id=str(paper.id)
    )
    session.add(PaperKey(paper_id=paper.id, wrapped=wrapped, created_at=now))
    session.flush()


def add(session: Session, paper: Paper, read: Part, *, position: int, scan: Scan) -> PaperPart:
    """Add what was read to a paper: its bytes are on the disk before its row is written."""
    part = PaperPart(id=new_id(), paper_id=paper.id, position=position, scan=scan)
    put(session, part, read)
    paper.parts.append(part)
    return part


def put(session: Session, part: PaperPart, read: Part) -> None:
    """Seal what was read into the store, on the disk before this returns, and note it at `part`."""
    digest = hashlib.sha256(read.content).digest()
    sealed = crypto.seal(
        _key(session, part.paper_id), read.content, bound_to=_bound_to(part.id, digest)
    )
    drop(session, part)
    try:
        part.blob = store.in_use().put(sealed)
    except store.Away as away:
        raise _away(away) from None
    part.sha256, part.size = digest, len(read.content)
    part.kind, part.pages = read.kind, read.pages
    part.width, part.height = read.width, read.height


def opened(session: Session, part: PaperPart) -> bytes:
    """Return the bytes of a part; raise Conflict when they are destroyed or damaged."""
    if part.blob is None:
        raise Conflict(N_("This was destroyed for good and cannot be read."), code="erased")
    key = _key(session, part.paper_id)
    try:
        sealed = store.in_use().get(part.blob)
        return crypto.unseal(key, sealed, bound_to=_bound_to(part.id, part.sha256))
    except crypto.KeyMissing:
        raise
    except store.Away as away:
        raise _away(away) from None
    except (store.Damaged, crypto.SealBroken):
        raise Conflict(
            N_(
                "This paper is damaged or gone where it was kept. Tell an administrator: a backup"
                " may hold it."
            ),
            code="damaged",
        ) from None


def drop(session: Session, part: PaperPart) -> None:
    """Let the bytes of a part go from the store when the transaction is committed."""
    if part.blob is not None:
        session.info.setdefault(_DROPPED, []).append(part.blob)
        part.blob = None


def _away(away: store.Away) -> Conflict:
    """Tell a person that papers cannot be reached now, and the log why."""
    log.error("papers cannot be reached: %s", away)
    return Conflict(
        N_("Papers cannot be reached at the moment. Nothing was changed: try again soon."),
        code=AWAY,
    )


def _key(session: Session, paper_id: UUID) -> bytes:
    wrapped = session.scalar(select(PaperKey.wrapped).where(PaperKey.paper_id == paper_id))
    if wrapped is None:
        raise Conflict(N_("This was destroyed for good and cannot be read."), code="erased")
    return keyring(session).unwrap_paper_key(wrapped, paper_id=str(paper_id))


def _bound_to(part_id: UUID, digest: bytes) -> str:
    return f"paper_part|{part_id}|{digest.hex()}"


@sa_event.listens_for(Session, "after_commit")
def _let_go(session: Session) -> None:
    if not session.in_nested_transaction():
        for name in session.info.pop(_DROPPED, ()):
            try:
                store.in_use().drop(name)
            except store.Away as away:  # it is committed: the sweep finds what no row names
                log.warning("papers that were destroyed still lie there: %s", away)
                return  # each more would wait as long in vain


@sa_event.listens_for(Session, "after_rollback")
def _keep(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_DROPPED, None)
