"""Reading who never came, and where somebody is missing: what an administrator does first."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, Organisation, SignInSession, User, UserRole
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
    held = {role: len(people) for role, people in _holders(session).items()}
    return {role: held.get(role, 0) for role, least in _NEEDED.items() if held.get(role, 0) < least}


def too_few_on(session: Session, day: date) -> dict[Role, int]:
    """Return the roles that nobody, or too few, can act in on a day, with how many can.

    Whoever named a deputy for a day is away in that role, whether the deputy accepted or not; a
    deputy who accepted counts, unless they are away themselves.
    """
    lent = session.execute(
        select(
            Deputyship.represented_id, Deputyship.deputy_id, Deputyship.role, Deputyship.accepted_at
        ).where(
            Deputyship.ended_at.is_(None), Deputyship.starts_on <= day, Deputyship.ends_on >= day
        )
    ).all()
    away = {one.represented_id for one in lent}
    able = _holders(session)
    for one in lent:
        able.get(one.role, set()).discard(one.represented_id)
    for one in lent:
        if one.accepted_at is not None and one.deputy_id not in away:
            able.setdefault(one.role, set()).add(one.deputy_id)
    count = {role: len(able.get(role, ())) for role in _NEEDED}
    return {role: count[role] for role, least in _NEEDED.items() if count[role] < least}


_NEEDED = {role: 2 if role in TWO else 1 for role in Role if role in STAFF_ROLES}


def _holders(session: Session) -> dict[Role, set[UUID]]:
    """Return who holds each role of the programme in an open account."""
    rows = session.execute(
        select(UserRole.role, UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.disabled_at.is_(None), Organisation.active.is_(True))
        .where(UserRole.role.in_(STAFF_ROLES))
    )
    held: dict[Role, set[UUID]] = {}
    for role, user_id in rows:
        held.setdefault(Role(role), set()).add(user_id)
    return held
