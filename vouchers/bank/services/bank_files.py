"""The files of banks as they were sent: kept once, looked at, imported, given back as they are."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.ids import new_id
from reintegration.kernel.tasks import BackgroundTask, TaskPage
from vouchers.bank.models import BankAnswer, BankFile, BankNotice, BankStatementFile
from vouchers.bank.permissions import BankPermission

KEPT_UNUSED = timedelta(days=7)
"""How long a file stays that was looked at and never imported, and the lines that a check read."""
_LONGEST_NAME = 200


def put(session: Session, *, actor: Actor, name: str, content: bytes, now: datetime) -> BankFile:
    """Keep a file; the same bytes are one file, whoever sends them again."""
    permissions.demand(actor, BankPermission.IMPORT)
    digest = hashlib.sha256(content).digest()
    known = session.scalars(select(BankFile).where(BankFile.sha256 == digest)).one_or_none()
    if known is not None:
        known.put_at = now
        return known
    file = BankFile(
        id=new_id(),
        sha256=digest,
        name=name[:_LONGEST_NAME],
        size=len(content),
        content=content,
        put_by=actor.id,
        put_at=now,
    )
    session.add(file)
    session.flush()
    return file


def forget(session: Session, *, now: datetime) -> int:
    """Let go of files that nothing came of, and of what checks read; return how many files."""
    before = now - KEPT_UNUSED
    old = select(BackgroundTask.id).where(BackgroundTask.finished_at < before)
    session.execute(delete(TaskPage).where(TaskPage.task_id.in_(old)))
    used = or_(
        exists().where(BankStatementFile.file_id == BankFile.id),
        exists().where(BankAnswer.file_id == BankFile.id),
        exists().where(BankNotice.file_id == BankFile.id),
    )
    gone = session.scalars(
        delete(BankFile).where(BankFile.put_at < before, ~used).returning(BankFile.id)
    ).all()
    return len(gone)
