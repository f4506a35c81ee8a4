"""Reading accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import ApiToken, InboxMessage, Organisation, User, UserRole
from reintegration.kernel import crypto
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent, AuditSeal
from reintegration.kernel.errors import NotFound
from reintegration.web.paging import Page, page_of


def user_or_404(session: Session, user_id: UUID) -> User:
    """Return the person or raise NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def organisation_or_404(session: Session, organisation_id: UUID) -> Organisation:
    """Return the organisation or raise NotFound."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def users(session: Session, *, search: str = "", role: Role | None = None) -> Sequence[User]:
    """Return people by name; `search` looks in names, e-mails and organisations."""
    statement = select(User).join(Organisation).order_by(User.name, User.id)
    if search:
        like = f"%{search.strip()}%"
        statement = statement.where(
            or_(User.name.ilike(like), User.email.ilike(like), Organisation.name.ilike(like))
        )
    if role is not None:
        statement = statement.where(
            User.id.in_(select(UserRole.user_id).where(UserRole.role == role.value))
        )
    return session.scalars(statement).unique().all()


def users_with_role(session: Session, role: Role) -> Sequence[User]:
    """Return the active people who hold `role`."""
    return [user for user in users(session, role=role) if user.disabled_at is None]


def supervisors(session: Session, organisation_id: UUID | None = None) -> Sequence[User]:
    """Return who can supervise, by name; of one organisation, or of each."""
    return [
        user
        for user in users_with_role(session, Role.SUPERVISOR)
        if organisation_id in (None, user.organisation_id)
    ]


def can_supervise(user: User) -> bool:
    """Whether this person can decide on what somebody of the same organisation did."""
    return user.disabled_at is None and Role.SUPERVISOR in user.role_set


def without_supervisor(session: Session, users: Iterable[User]) -> frozenset[UUID]:
    """Return who of these opens cases on which nobody can decide: their plans wait for ever."""
    managers = [
        user for user in users if user.disabled_at is None and Role.CASE_MANAGER in user.role_set
    ]
    named = {user.supervisor_id for user in managers} - {None}
    found = session.scalars(select(User).where(User.id.in_(named))).unique() if named else ()
    deciding = {user.id for user in found if can_supervise(user)}
    return frozenset(user.id for user in managers if user.supervisor_id not in deciding)


def organisations(session: Session) -> Sequence[Organisation]:
    """Return every organisation by name."""
    return session.scalars(select(Organisation).order_by(Organisation.name)).all()


def living_token(session: Session, token: str) -> ApiToken | None:
    """Return the token's row unless it is unknown or revoked."""
    return session.scalar(
        select(ApiToken).where(
            ApiToken.hash == crypto.token_hash(token), ApiToken.revoked_at.is_(None)
        )
    )


def inbox(session: Session, user_id: UUID, *, limit: int = 100) -> Sequence[InboxMessage]:
    """Return a person's messages, newest first."""
    return session.scalars(
        select(InboxMessage)
        .where(InboxMessage.user_id == user_id)
        .order_by(InboxMessage.sent_at.desc(), InboxMessage.id)
        .limit(limit)
    ).all()


def unread_count(session: Session, user_id: UUID) -> int:
    """Return how many messages wait unread."""
    return (
        session.scalar(
            select(func.count())
            .select_from(InboxMessage)
            .where(InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None))
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What an auditor looks for; empty fields do not narrow."""

    action: str = ""
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    since: datetime | None = None


def trail(session: Session, wanted: TrailFilter, *, cursor: str | None) -> Page[AuditEvent]:
    """Return a page of the trail, newest first; `action` is a beginning, such as `voucher:`."""
    statement = select(AuditEvent)
    if wanted.action:
        statement = statement.where(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.actor_id:
        statement = statement.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.subject_id:
        statement = statement.where(
            or_(AuditEvent.subject_id == wanted.subject_id, AuditEvent.case_id == wanted.subject_id)
        )
    if wanted.since:
        statement = statement.where(AuditEvent.at >= wanted.since)
    return page_of(session, statement, keys=[AuditEvent.id], cursor=cursor, size=50)


def names_of(session: Session, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people by id."""
    rows = session.execute(
        select(User.id, User.name).where(User.id.in_([known for known in user_ids if known]))
    )
    return {row.id: row.name for row in rows}


def sealed_count(session: Session) -> int:
    """Return how many events are sealed."""
    return session.scalar(select(func.max(AuditSeal.position))) or 0
