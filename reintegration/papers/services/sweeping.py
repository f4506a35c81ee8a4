"""What a killed upload and a forgotten paper leave behind goes after a day."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import SYSTEM
from reintegration.papers import store
from reintegration.papers.models import Paper
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.queries.papers import kept_blobs
from reintegration.papers.services import sealing

LEFT_FOR = timedelta(days=1)
_AT_ONCE = 500


def forget_begun(session: Session, *, now: datetime) -> int:
    """Remove papers whose uploader did not say within a day what they are; return how many."""
    permissions.demand(SYSTEM, PaperPermission.LOOK_AFTER)
    left = session.scalars(
        select(Paper)
        .where(Paper.kept_at.is_(None), Paper.put_at < now - LEFT_FOR)
        .order_by(Paper.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Paper, skip_locked=True, key_share=True)
    ).all()
    for paper in left:
        for part in paper.parts:
            sealing.drop(session, part)
        audit.record(session, "paper:forget", paper, actor=SYSTEM, now=now)
        session.delete(paper)
    session.flush()
    return len(left)


def sweep_orphans(session: Session, *, now: datetime) -> int:
    """Delete stored bytes that no row names, once they are a day old; return how many."""
    permissions.demand(SYSTEM, PaperPermission.LOOK_AFTER)
    kept, gone = store.in_use(), 0
    for names in _some(kept.names(before=(now - LEFT_FOR).timestamp())):
        for name in sorted({*names} - kept_blobs(session, names)):
            kept.drop(name)
            gone += 1
    return gone


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while some := list(islice(left, _AT_ONCE)):
        yield some
