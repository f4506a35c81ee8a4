"""Who holds a role: whom to tell."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User, UserRole
from reintegration.kernel.actor import Role


def vetting_officers(session: Session) -> Sequence[UUID]:
    """Return the active vetting officers."""
    return _with_roles(session, (Role.VETTING_OFFICER,), None)


def with_role(session: Session, role: Role) -> Sequence[UUID]:
    """Return the active people who hold `role`."""
    return _with_roles(session, (role,), None)


def provider_people(session: Session, provider_id: UUID, *roles: Role) -> Sequence[UUID]:
    """Return the active people of a provider who hold any of `roles`."""
    return _with_roles(session, roles, provider_id)


def managers_of(session: Session, provider_ids: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """Return the active managers of each of these providers, none where there is nobody."""
    return people_of(session, provider_ids, Role.PROVIDER_MANAGER)


def people_of(
    session: Session, provider_ids: Collection[UUID], *roles: Role
) -> Mapping[UUID, Sequence[UUID]]:
    """Return the active people of each of these providers who hold any of `roles`."""
    found: dict[UUID, list[UUID]] = {provider_id: [] for provider_id in provider_ids}
    if found:
        rows = session.execute(
            select(User.organisation_id, User.id)
            .join(UserRole, UserRole.user_id == User.id)
            .where(
                UserRole.role.in_(roles),
                User.disabled_at.is_(None),
                User.organisation_id.in_(found),
            )
            .distinct()
        )
        for provider_id, user_id in rows:
            found[provider_id].append(user_id)
    return found


def names_of_managers(session: Session, organisation_id: UUID, *, limit: int = 3) -> Sequence[str]:
    """Return the names of some active managers of a provider: whom its people can ask."""
    return session.scalars(
        select(User.name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            UserRole.role == Role.PROVIDER_MANAGER,
            User.disabled_at.is_(None),
            User.organisation_id == organisation_id,
        )
        .order_by(User.name, User.id)
        .limit(limit)
    ).all()


def _with_roles(
    session: Session, roles: Sequence[Role], organisation_id: UUID | None
) -> Sequence[UUID]:
    statement = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(roles), User.disabled_at.is_(None))
        .distinct()
    )
    if organisation_id is not None:
        statement = statement.where(User.organisation_id == organisation_id)
    return session.scalars(statement).all()
