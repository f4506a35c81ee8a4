"""The chain over the audit trail: sealing it in order, signing it, and checking it.

Chaining inside each change would serialise all of them. One sealer, alone under an advisory lock,
links the events that have no seal yet. It looks for events *without a seal*, not for events above
the highest id: a transaction that commits late would be missed. It looks above a low watermark, so
that its work does not grow with the trail; a sweep once a day looks everywhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.orm import Session

from reintegration.kernel import audit_file, watermark
from reintegration.kernel.audit import AuditCheckpoint, AuditEvent, AuditSeal
from reintegration.kernel.audit_file import Checkpoint
from reintegration.kernel.crypto import Keyring

_LOCK = 0x50554E5445  # one sealer at a time
_MARK = "audit.seal"
_BATCH = 5_000
_STALE = timedelta(minutes=10)


@dataclass
class Report:
    """What a check found; `problems` is empty when the trail holds."""

    sealed: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def seal(
    session: Session,
    keyring: Keyring,
    *,
    now: datetime,
    log: Path | None = None,
    whole: bool = False,
) -> int:
    """Seal up to a batch of events and sign a checkpoint; return how many were sealed.

    `log` is a file outside the database: it shows when the end of the trail was cut off. With
    `whole` it looks below the watermark too.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    horizon = watermark.horizon(
        session, AuditEvent.id
    )  # before looking: what ends later is looked for again
    low = 0 if whole else watermark.low(session, _MARK)
    sealed = _seal_above(session, keyring, low, now=now, log=log)
    if sealed < _BATCH:
        watermark.move_up(session, _MARK, horizon, now=now)
    return sealed


def _seal_above(
    session: Session, keyring: Keyring, low: int, *, now: datetime, log: Path | None
) -> int:
    position, previous = _last_seal(session)
    seals = []
    for event in session.scalars(_without_seal(low).limit(_BATCH)):
        position += 1
        previous = _link(keyring.audit, previous, event)
        seals.append({"position": position, "audit_id": event.id, "hash": previous})
    if not seals:
        return 0
    session.execute(insert(AuditSeal), seals)
    _sign(session, keyring, position, previous, now=now, log=log)
    return len(seals)


def verify(session: Session, keyring: Keyring, *, now: datetime, log: Path | None = None) -> Report:
    """Recompute the whole chain and check each signed checkpoint against it."""
    report = Report()
    kept = _Along(_of_database(session), report), _Along(_of_file(session, log, report), report)
    previous, expected = b"", 1
    for found, event in _sealed_events(session):
        if found.position != expected:
            report.problems.append(f"seal {expected} is missing")
            expected = found.position
        if event is None:
            report.problems.append(f"audit event {found.audit_id} was deleted")
        elif not hmac.compare_digest(_link(keyring.audit, previous, event), found.hash):
            report.problems.append(f"audit event {found.audit_id} was changed or moved")
        previous = found.hash
        for checkpoints in kept:
            checkpoints.compare(found.position, found.hash)
        report.sealed = found.position
        expected += 1
    public = keyring.checkpoint_signer.public_key()
    for checkpoints in kept:
        checkpoints.end(public)
    _count_unsealed(session, report, now)
    return report


@dataclass
class _Along:
    """Checkpoints beside the chain, both by size; nothing of a long trail is kept in memory.

    A chain that holds up to a checkpoint holds up to all smaller ones, so the largest alone must
    be signed.
    """

    checkpoints: Iterator[Checkpoint]
    report: Report
    last: Checkpoint | None = None
    waiting: Checkpoint | None = None

    def compare(self, position: int, chain: bytes) -> None:
        """Compare the checkpoint at a position, if there is one."""
        while (signed := self._next()) is not None and signed.size <= position:
            if signed.size == position and signed.hash != chain:
                self.report.problems.append(f"the chain differs from the checkpoint at {position}")
            self.waiting = None

    def end(self, public: Ed25519PublicKey) -> None:
        """Say what lies beyond the chain, and whether the largest checkpoint is ours."""
        while self._next() is not None:
            self.waiting = None
        if self.last is None:
            return
        if self.last.size > self.report.sealed:
            self.report.problems.append(
                f"the trail was cut off, or the database is an older copy: it had {self.last.size}"
                " seals"
            )
        try:
            public.verify(self.last.signature, _statement(self.last.size, self.last.hash))
        except InvalidSignature:
            self.report.problems.append(f"the checkpoint at {self.last.size} has a false signature")

    def _next(self) -> Checkpoint | None:
        if self.waiting is None:
            self.waiting = next(self.checkpoints, None)
            self.last = self.waiting or self.last
        return self.waiting


def compare_ends(session: Session, log: Path) -> list[str]:
    """Say whether the file of checkpoints reaches further than the database, or is missing.

    That is what a copy of the one beside another copy of the other looks like; `verify` looks at
    all that lies between.
    """
    report = Report()
    largest = max((one.size for one in _of_file(session, log, report)), default=0)
    last, _hash = _last_seal(session)
    if largest > last:
        report.problems.append(
            f"the trail's files are newer than the database: {log.name} counts {largest} seals, the"
            f" database has {last}. If you put back an older copy of the database, move the file"
            " aside under another name, with a note why: the next seal begins a new one. If nobody"
            " did, the end of the trail was cut off: keep both as they are, and find out who did it"
        )
    return report.problems


def check_last_signature(session: Session, public: Ed25519PublicKey) -> None:
    """Raise InvalidSignature when the last checkpoint was signed with another key."""
    last = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
    if last is not None:
        signed = _statement(last.size, last.hash)
        public.verify(last.signature, signed)


def unsealed(session: Session, *, whole: bool = False) -> tuple[int, datetime | None]:
    """Return how many events wait for a seal and when the oldest of them happened.

    It looks above the watermark; with `whole` below it too.
    """
    waiting = _without_seal(0 if whole else watermark.settled(_MARK)).subquery()
    count, oldest = session.execute(select(func.count(), func.min(waiting.c.at))).one()
    return count, oldest


def _without_seal(low: int | ColumnElement[int]) -> Select[AuditEvent]:
    sealed = select(AuditSeal.audit_id).where(
        AuditSeal.audit_id == AuditEvent.id, AuditSeal.audit_id > low
    )
    unsealed = AuditEvent.id > low, ~sealed.exists()
    return select(AuditEvent).where(*unsealed).order_by(AuditEvent.id)


def _last_seal(session: Session) -> tuple[int, bytes]:
    last = session.execute(
        select(AuditSeal.position, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    ).first()
    return (last.position, last.hash) if last else (0, b"")


def _sealed_events(session: Session) -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    rows = session.execute(
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.audit_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=2_000)
    )
    for found, event in rows:  # noqa: UP028 - rows become plain tuples
        yield found, event


def _link(key: bytes, previous: bytes, event: AuditEvent) -> bytes:
    content = json.dumps(
        [
            event.id,
            event.at.timestamp(),
            event.action,
            event.actor_kind,
            str(event.actor_id),
            str(event.organisation_id),
            event.subject_type,
            str(event.subject_id),
            str(event.case_id),
            event.reason,
            event.fields,
            event.data,
            *([str(event.for_id)] if event.for_id else []),  # rows of before have none
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hmac.new(key, previous + content.encode(), hashlib.sha256).digest()


def _statement(size: int, chain: bytes) -> bytes:
    return f"audit checkpoint\n{size}\n{chain.hex()}\n".encode()


def _sign(
    session: Session, keyring: Keyring, size: int, chain: bytes, *, now: datetime, log: Path | None
) -> None:
    signature = keyring.checkpoint_signer.sign(_statement(size, chain))
    session.execute(
        insert(AuditCheckpoint).values(size=size, hash=chain, signed_at=now, signature=signature)
    )
    if log is not None:
        audit_file.add_when_committed(session, log, Checkpoint(size, chain, signature))


def _of_database(session: Session) -> Iterator[Checkpoint]:
    rows = session.execute(
        select(AuditCheckpoint.size, AuditCheckpoint.hash, AuditCheckpoint.signature)
        .order_by(AuditCheckpoint.size)
        .execution_options(yield_per=2_000)
    )
    return (Checkpoint(*row) for row in rows)


def _of_file(session: Session, log: Path | None, report: Report) -> Iterator[Checkpoint]:
    if log is None:
        return
    if log.exists():
        yield from audit_file.read(log, report.problems)
    elif session.scalar(select(AuditCheckpoint.size).limit(1)) is not None:
        report.problems.append(
            f"{log.name} is missing: bring it back from a copy of the instance folder"
        )


def _count_unsealed(session: Session, report: Report, now: datetime) -> None:
    report.unsealed, oldest = unsealed(session, whole=True)
    if oldest is not None and now - oldest > _STALE:
        report.problems.append(
            f"{report.unsealed} events wait for a seal, the oldest since {oldest:%Y-%m-%d %H:%M}"
        )
