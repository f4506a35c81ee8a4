"""Who works on a case: co-workers come and go, and its manager changes, by a supervisor's word."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, CaseMember, HandOver
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.services.telling import tell
from reintegration.cases.states import MemberRole
from reintegration.kernel import audit, hooks, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A case has another manager."""

    case_id: UUID


def add_co_worker(
    session: Session, case: CaseFile, *, actor: Actor, user: User, now: datetime
) -> None:
    """Let another case worker open this case; they are told. Whoever left may come back."""
    permissions.demand(actor, CasePermission.MANAGE_TEAM, case)
    require_open(session, case.id)
    if user.disabled_at is not None or not user.role_set & {Role.CASE_MANAGER, Role.SUPERVISOR}:
        raise Invalid(N_("Only case managers and supervisors can work on a case."), field="user")
    member = _member(case, user)
    if member is not None and is_current(member, now):
        raise Conflict(N_("This person is on the team already."), field="user")
    if member is None:
        member = CaseMember(user_id=user.id, role=MemberRole.CO_WORKER, since=now)
        case.members.append(member)
    member.since, member.until = now, None
    session.flush()
    audit.record(
        session, "case:add_member", case, actor=actor, now=now, data={"user": str(user.id)}
    )
    message = N_("You now work on case %(code)s.")
    tell(session, case, [user.id], f"team|{case.id}|{now.isoformat()}", message, now=now)


def remove_co_worker(
    session: Session, case: CaseFile, *, actor: Actor, user: User, now: datetime
) -> None:
    """End a co-worker's access at once; manager and supervisor stay answerable."""
    permissions.demand(actor, CasePermission.MANAGE_TEAM, case)
    member = _member(case, user)
    if member is None or not is_current(member, now):
        raise Conflict(N_("This person is not on the team."))
    if member.role != MemberRole.CO_WORKER:
        raise Conflict(N_("The case manager and the supervisor cannot be taken off here."))
    member.until = now
    session.flush()
    audit.record(
        session, "case:remove_member", case, actor=actor, now=now, data={"user": str(user.id)}
    )


def hand_over(
    session: Session,
    case: CaseFile,
    *,
    actor: Actor,
    user: User,
    stays: bool,
    reason: str,
    now: datetime,
) -> None:
    """Make another case manager answerable; the one before stays as a co-worker, or leaves.

    What is under way goes on: plan, referrals and vouchers belong to the case. Both are told.
    """
    lock(session, case)
    permissions.demand(actor, CasePermission.HAND_OVER, case)
    require_open(session, case.id)
    if not reason.strip():
        raise Invalid(N_("Say why."), code="reason", field="reason")
    if not can_manage(case, user, now):
        raise Invalid(
            N_(
                "Choose another case manager with an open account, who does not supervise this"
                " case."
            ),
            code="person",
            field="user",
        )
    _move(session, case, actor=actor, user=user, stays=stays, reason=reason, now=now)


def take_over(
    session: Session, case: CaseFile, offered: HandOver, *, actor: Actor, now: datetime
) -> None:
    """Take on a locked case that was offered to the actor and can still be handed over."""
    permissions.demand(actor, CasePermission.ANSWER_OFFER, offered)
    _move(
        session,
        case,
        actor=actor,
        user=offered.receiver,
        stays=offered.stays,
        reason=offered.reason,
        now=now,
    )


def _move(
    session: Session,
    case: CaseFile,
    *,
    actor: Actor,
    user: User,
    stays: bool,
    reason: str,
    now: datetime,
) -> None:
    former_id = case.manager_id
    _step_down(case, former_id, stays=stays, now=now)
    member = _member(case, user)
    if member is None:
        member = CaseMember(user_id=user.id, since=now)
        case.members.append(member)
    elif not is_current(member, now):
        member.since = now
    member.role, member.until = MemberRole.MANAGER, None
    case.manager_id, case.updated_at = user.id, now
    session.flush()
    audit.record(
        session,
        "case:hand_over",
        case,
        actor=actor,
        now=now,
        reason=reason.strip(),
        fields=("manager_id",),
        data={"from": str(former_id), "to": str(user.id), "stays": stays},
    )
    hooks.announce(session, HandedOver(case.id))
    _tell_both(session, case, former_id, user, stays=stays, now=now)


def can_manage(case: CaseFile, user: User, now: datetime) -> bool:
    """Whether a case could be handed over to `user`: nobody manages what they supervise."""
    return (
        user.disabled_at is None
        and Role.CASE_MANAGER in user.role_set
        and user.id != case.manager_id
        and user.id not in supervisors(case, now)
    )


def is_current(member: CaseMember, now: datetime) -> bool:
    """Whether a membership holds now."""
    return member.until is None or member.until > now


def supervisors(case: CaseFile, now: datetime) -> list[UUID]:
    """Return who supervises the case now."""
    return [
        member.user_id
        for member in case.members
        if member.role == MemberRole.SUPERVISOR and is_current(member, now)
    ]


def _member(case: CaseFile, user: User) -> CaseMember | None:
    return next((member for member in case.members if member.user_id == user.id), None)


def _step_down(case: CaseFile, former_id: UUID, *, stays: bool, now: datetime) -> None:
    """Make the manager a co-worker, whose membership may end at once and be taken up again."""
    for member in case.members:
        if member.user_id == former_id:
            member.role = MemberRole.CO_WORKER
            member.until = member.until if stays else now


def _tell_both(
    session: Session, case: CaseFile, former_id: UUID, user: User, *, stays: bool, now: datetime
) -> None:
    key = f"hand_over|{case.id}|{now.isoformat()}"
    message = N_("You are now the case manager of case %(code)s.")
    tell(session, case, [user.id], key, message, now=now)
    message = (
        N_("Case %(code)s is now managed by %(name)s. You stay on its team.")
        if stays
        else N_("Case %(code)s is now managed by %(name)s. You left its team.")
    )
    link = "" if stays else None
    tell(session, case, [former_id], key, message, now=now, link=link, name=user.name)
