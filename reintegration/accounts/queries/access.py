"""Reading who never came, and where somebody is missing: what an administrator does first."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union
from sqlalchemy.orm import Session, aliased

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
    return _too_few(session, _holders())


def too_few_on(session: Session, day: date) -> dict[Role, int]:
    """Return the roles that nobody, or too few, can act in on a day, with how many can.

    Whoever named a deputy for a day is away in that role, whether the deputy accepted or not; a
    deputy who accepted counts, unless they are away themselves.
    """
    lent, others = aliased(Deputyship), aliased(Deputyship)
    away = select(lent.id).where(
        *_on(lent, day), lent.represented_id == User.id, lent.role == UserRole.role
    )
    busy = select(others.id).where(*_on(others, day), others.represented_id == User.id)
    deputies = (
        select(Deputyship.role, User.id)
        .join(User, User.id == Deputyship.deputy_id)
        .where(*_on(Deputyship, day), Deputyship.accepted_at.is_not(None), ~busy.exists())
        .where(User.disabled_at.is_(None), Deputyship.role.in_(STAFF_ROLES))
    )
    return _too_few(session, union(_holders().where(~away.exists()), deputies))


_NEEDED = {role: 2 if role in TWO else 1 for role in Role if role in STAFF_ROLES}


def _on(lent: Any, day: date) -> tuple[ColumnElement[bool], ...]:
    return lent.ended_at.is_(None), lent.starts_on <= day, lent.ends_on >= day


def _holders() -> Select[Role, UUID]:
    """Return the select of who holds which role of the programme in an open account."""
    return (
        select(UserRole.role, User.id)
        .join(User, User.id == UserRole.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.disabled_at.is_(None), Organisation.active.is_(True))
        .where(UserRole.role.in_(STAFF_ROLES))
    )


def _too_few(
    session: Session, able: Select[Role, UUID] | CompoundSelect[Role, UUID]
) -> dict[Role, int]:
    people = able.subquery()
    rows = session.execute(select(people.c.role, func.count()).group_by(people.c.role))
    count = {Role(role): number for role, number in rows}
    return {r: count.get(r, 0) for r, least in _NEEDED.items() if count.get(r, 0) < least}
