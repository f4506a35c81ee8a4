"""A supervisor who is named late joins the open cases on which nobody can decide."""

from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import User, UserRole
from reintegration.accounts.services.users import SupervisorNamed
from reintegration.cases.models import CaseFile, CaseMember
from reintegration.cases.services.telling import tell
from reintegration.cases.states import CaseState, MemberRole
from reintegration.kernel import audit
from reintegration.kernel.actor import Role
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.hooks import Change


def join_waiting_cases(session: Session, event: SupervisorNamed) -> None:
    """Put the new supervisor on these teams; cases that somebody supervises stay as they are.

    The administrator who names a supervisor sees no case, so this acts as the system; the trail
    has who named.
    """
    if event.supervisor_id is None:
        return
    with acting_as_system(session):
        for case in session.scalars(_waiting(event)).unique().all():
            _join(session, case, event, event.supervisor_id)


def preview_waiting_cases(session: Session, event: SupervisorNamed) -> list[Change]:
    """Say how many cases a supervisor would join, and nothing else of them."""
    with acting_as_system(session):
        count = session.scalar(select(func.count()).select_from(_waiting(event).subquery())) or 0
    return [
        Change(
            N_("Open cases without a supervisor, which the new one joins: %(count)s."), count, {}
        )
    ]


def supervised_by_alone(user_id: UUID) -> Select[UUID]:
    """Return the select of the open cases on which nobody but this person can decide."""
    return (
        select(CaseFile.id)
        .join(CaseMember, CaseMember.case_id == CaseFile.id)
        .where(
            CaseMember.user_id == user_id,
            CaseMember.role == MemberRole.SUPERVISOR,
            CaseMember.until.is_(None),
            CaseFile.state != CaseState.CLOSED,
            ~exists(_deciding().where(User.id != user_id).correlate(CaseFile)),
        )
    )


def _deciding() -> Select[CaseMember]:
    """Return who can decide on a case that stands around it: supervisors with an open account."""
    other = aliased(CaseMember)
    return (
        select(other)
        .join(User, User.id == other.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            other.case_id == CaseFile.id,
            other.role == MemberRole.SUPERVISOR,
            other.until.is_(None),
            User.disabled_at.is_(None),
            UserRole.role == Role.SUPERVISOR,
        )
    )


def _waiting(event: SupervisorNamed) -> Select[CaseFile]:
    return select(CaseFile).where(
        CaseFile.manager_id == event.user_id,
        CaseFile.state != CaseState.CLOSED,
        ~exists(_deciding().correlate(CaseFile)),
    )


def _join(session: Session, case: CaseFile, event: SupervisorNamed, supervisor_id: UUID) -> None:
    member = next((one for one in case.members if one.user_id == supervisor_id), None)
    if member is None:
        member = CaseMember(user_id=supervisor_id)
        case.members.append(member)
    member.role, member.since, member.until = MemberRole.SUPERVISOR, event.at, None
    session.flush()
    audit.record(
        session,
        "case:add_member",
        case,
        actor=event.actor,
        now=event.at,
        data={"user": str(supervisor_id)},
    )
    key = f"supervision|{case.id}|{event.at.isoformat()}"
    message = N_("You now supervise case %(code)s.")
    tell(session, case, [supervisor_id], key, message, now=event.at)
