"""Who works on a case: co-workers come and go by a supervisor's word."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.plans.models import CaseFile, CaseMember
from reintegration.plans.permissions import CasePermission
from reintegration.plans.services.open_cases import require_open
from reintegration.plans.states import MemberRole


def add_co_worker(
    session: Session, case: CaseFile, *, actor: Actor, user: User, now: datetime
) -> None:
    """Let another case worker open this case; they are told. Whoever left may come back."""
    permissions.demand(actor, CasePermission.MANAGE_TEAM, case)
    require_open(case)
    if user.disabled_at is not None or not user.role_set & {Role.CASE_MANAGER, Role.SUPERVISOR}:
        raise Invalid(N_("Only case managers and supervisors can work on a case."))
    member = _member(case, user)
    if member is not None and is_current(member, now):
        raise Conflict(N_("This person is on the team already."))
    if member is None:
        member = CaseMember(user_id=user.id, role=MemberRole.CO_WORKER.value, since=now)
        case.members.append(member)
    member.since, member.until = now, None
    session.flush()
    _note(session, actor, "case:add_member", case, user, now)
    inbox.notify(
        session,
        [user.id],
        key=f"team|{case.id}|{now.isoformat()}",
        message=N_("You now work on case %(code)s."),
        now=now,
        link=f"/cases/{case.id}",
        code=case.code,
    )


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
    _note(session, actor, "case:remove_member", case, user, now)


def is_current(member: CaseMember, now: datetime) -> bool:
    """Whether a membership holds now."""
    return member.until is None or member.until > now


def _member(case: CaseFile, user: User) -> CaseMember | None:
    return next((member for member in case.members if member.user_id == user.id), None)


def _note(
    session: Session, actor: Actor, action: str, case: CaseFile, user: User, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=audit.Subject("case", case.id, case.id),
        now=now,
        data={"user": str(user.id)},
    )
