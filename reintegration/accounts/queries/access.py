"""Reading who never came, and where somebody is missing: what an administrator does first."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, SignInSession, User, UserRole
from reintegration.accounts.states import OrganisationKind
from reintegration.kernel import bounded
from reintegration.kernel.actor import STAFF_ROLES, Role
from reintegration.kernel.bounded import Pile

TWO = frozenset({Role.VETTING_OFFICER})
"""Roles that one person alone cannot do the work of."""


def never_came() -> ColumnElement[bool]:
    """Return whether somebody has an open account and never signed in."""
    came = select(SignInSession.user_id).where(SignInSession.user_id == User.id).exists()
    return User.disabled_at.is_(None) & User.must_change_password & ~came


def invited(session: Session) -> Pile:
    """Return how many never signed in, and since when the oldest of them could."""
    return bounded.pile(session, select(User.id).where(never_came()), since=User.created_at)


def unmanaged() -> ColumnElement[bool]:
    """Return whether people of an open provider sign in there, and nobody manages it."""

    def held(*roles: ColumnElement[bool]) -> ColumnElement[bool]:
        people = select(User.id).join(UserRole, UserRole.user_id == User.id)
        there = User.organisation_id == Organisation.id, User.disabled_at.is_(None)
        return people.where(*there, *roles).exists()

    manager = held(UserRole.role == Role.PROVIDER_MANAGER)
    provider = Organisation.kind == OrganisationKind.PROVIDER
    return provider & Organisation.active.is_(True) & held() & ~manager


def without_manager(session: Session, *, limit: int) -> Sequence[Organisation]:
    """Return the first by name of the providers that `unmanaged` finds."""
    by_name: Select[Organisation] = select(Organisation).where(unmanaged())
    return session.scalars(by_name.order_by(Organisation.name, Organisation.id).limit(limit)).all()


def understaffed(session: Session) -> dict[Role, int]:
    """Return the roles of the programme that nobody holds, or too few, with how many do."""
    rows = session.execute(
        select(UserRole.role, func.count())
        .join(User, User.id == UserRole.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.disabled_at.is_(None), Organisation.active.is_(True))
        .where(UserRole.role.in_(STAFF_ROLES))
        .group_by(UserRole.role)
    )
    held = {Role(role): count for role, count in rows}
    needed = {role: 2 if role in TWO else 1 for role in Role if role in STAFF_ROLES}
    return {role: held.get(role, 0) for role, least in needed.items() if held.get(role, 0) < least}
