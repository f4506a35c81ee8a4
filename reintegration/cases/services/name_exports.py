"""Letting every name out of the house: asked for by one, approved by another, used once.

An administrator, who reads no name, asks on a page; a supervisor, who has no shell, approves; the
operator's command uses the request up. All of them, and every administrator and supervisor, hear
of it, and in the history of each case stands that its name left.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.cases.models import NameExport, PersonIdentity, PersonKey
from reintegration.cases.models.name_export import USABLE_FOR
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import name_exports as reading
from reintegration.cases.services import vault
from reintegration.cases.states import NameExportState
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.audit import Subject
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.locking import lock
from reintegration.kernel.recipients import recipient
from reintegration.kernel.signing import sign, signed


def ask(
    session: Session, *, actor: Actor, public_key: str, reason: str, now: datetime
) -> NameExport:
    """Ask that every name leaves, sealed to one public key; the supervisors are told.

    Raises Invalid for what is no key, and without a reason.
    """
    permissions.demand(actor, CasePermission.ASK_NAME_EXPORT)
    recipient(public_key)
    if len(reason.strip()) < vault.MIN_REASON:
        raise Invalid(
            N_("Give a reason: others will need to understand this later."),
            code="reason",
            field="reason",
        )
    made = NameExport(
        id=new_id(),
        reference=new_reference("NE"),
        recipient=public_key.strip(),
        reason=reason.strip(),
        **signed("asked_by", actor),
        asked_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, made, "ask", actor=actor, now=now, reason=made.reason)
    message = N_(
        "%(name)s asks that the names of all persons leave in a sealed file (%(reference)s)."
        " Decide on it."
    )
    readers = set(people.with_role(session, Role.SUPERVISOR)) - actor.eyes
    _tell(session, made, readers, "asked", message, now=now, name=actor.name)
    return made


def approve(session: Session, made: NameExport, *, actor: Actor, now: datetime) -> None:
    """Approve a request: for a day the command may use it, once."""
    _decide(session, made, approved=True, actor=actor, now=now)
    _note(session, made, "approve", actor=actor, now=now)
    message = N_(
        "%(name)s approved that names leave in a sealed file (%(reference)s). It can be used for"
        " %(hours)s hours, once."
    )
    hours = int(USABLE_FOR.total_seconds() // 3600)
    told = {"name": actor.name, "hours": hours}
    _tell(session, made, [made.asked_by], "approved", message, now=now, **told)


def decline(session: Session, made: NameExport, *, actor: Actor, now: datetime) -> None:
    """Decline a request: no name leaves."""
    _decide(session, made, approved=False, actor=actor, now=now)
    _note(session, made, "decline", actor=actor, now=now)
    message = N_("%(name)s declined that names leave in a sealed file (%(reference)s).")
    _tell(session, made, [made.asked_by], "declined", message, now=now, name=actor.name)


def use(
    session: Session, reference: str, *, public_key: str, actor: Actor, now: datetime
) -> NameExport:
    """Use an approved request up; who commits this may open the names it stands for.

    Whoever does writes down of each that it leaves (`note`). Everybody who could have asked or
    approved is told. Raises Conflict for a request that is not approved, too old, used, or for
    another key.
    """
    permissions.demand(actor, CasePermission.USE_NAME_EXPORT)
    made = reading.by_reference(session, reference.strip().upper())
    if made is None:
        raise Conflict(f"There is no request {reference}: an administrator asks on a page first.")
    lock(session, made)
    if (state := made.state(now)) is not NameExportState.APPROVED:
        raise Conflict(f"The request {made.reference} cannot be used: {_WHY[state]}.")
    if made.recipient != public_key.strip():
        raise Conflict(
            f"The request {made.reference} was approved for another public key: give that one with"
            " --to, or ask anew."
        )
    made.used_at = now
    session.flush()
    _note(session, made, "use", actor=actor, now=now)
    message = N_("The names of all persons left the house in a sealed file (%(reference)s).")
    readers = {
        one
        for role in (Role.ADMINISTRATOR, Role.SUPERVISOR)
        for one in people.with_role(session, role)
    }
    _tell(session, made, readers, "used", message, now=now)
    return made


def listed(session: Session) -> list[Subject]:
    """Return whose names leave: they were told, and the person was not erased."""
    named = (
        select(PersonIdentity.case_id)
        .join(PersonKey, PersonKey.case_id == PersonIdentity.case_id)
        .order_by(PersonIdentity.case_id)
    )
    return [Subject("identity", one, one) for one in session.scalars(named)]


def note(
    session: Session, persons: Iterable[Subject], *, request: str, actor: Actor, now: datetime
) -> None:
    """Write into the history of each person that the name left, by which request."""
    permissions.demand(actor, CasePermission.USE_NAME_EXPORT)
    about = ((one, {"request": request}) for one in persons)
    audit.record_many(
        session, about, actor=actor, action="identity:export", now=now, fields=vault.FIELDS
    )


_WHY = {
    NameExportState.WAITING: "no supervisor has approved it",
    NameExportState.DECLINED: "a supervisor declined it",
    NameExportState.USED: "it was used already; each is used once",
    NameExportState.OVER: "its time is over; ask anew",
}


def _decide(
    session: Session, made: NameExport, *, approved: bool, actor: Actor, now: datetime
) -> None:
    permissions.demand(actor, CasePermission.DECIDE_NAME_EXPORT, made)
    lock(session, made)
    state = made.state(now)
    if state is NameExportState.OVER:
        raise Conflict(N_("Its time is over: whoever needs it asks anew."), code="over")
    if state is not NameExportState.WAITING:
        raise Conflict(N_("This was decided already."), code="decided")
    sign(made, "decided_by", actor)
    made.decided_at, made.approved = now, approved
    session.flush()


def _note(
    session: Session,
    made: NameExport,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    data = {"reference": made.reference, "recipient": made.recipient}
    audit.record(
        session, f"name_export:{act}", made, actor=actor, now=now, reason=reason, data=data
    )


def _tell(
    session: Session,
    made: NameExport,
    readers: Iterable[UUID],
    key: str,
    message: str,
    *,
    now: datetime,
    **params: object,
) -> None:
    inbox.notify(
        session,
        readers,
        f"name_export|{made.id}|{key}",
        message,
        now=now,
        link=f"/name-exports/{made.id}",
        reference=made.reference,
        **params,
    )
