"""Reading people and organisations."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import NotFound
from reintegration.kernel.search import has_words


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
    if search.strip():
        named = has_words(search, Organisation.name)
        statement = statement.where(or_(has_words(search, User.name, User.email), named))
    if role is not None:
        statement = statement.where(
            User.id.in_(select(UserRole.user_id).where(UserRole.role == role))
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


def names_of(session: Session, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people by id; asks nothing where nobody is named."""
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def organisation_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of organisations, providers among them, by id."""
    wanted = {one for one in ids if one}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}
