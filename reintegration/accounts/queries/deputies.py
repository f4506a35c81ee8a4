"""Reading who stands in for whom."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, User
from reintegration.accounts.queries.users import at_work
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import or_404
from reintegration.web.offers import Offer, offered

_SHOWN = 50


def deputyship_or_404(session: Session, deputyship_id: UUID) -> Deputyship:
    """Return the deputyship or raise NotFound."""
    return or_404(session.get(Deputyship, deputyship_id))


def unfinished(today: date) -> ColumnElement[bool]:
    """Return whether a deputyship still waits, comes or runs."""
    return Deputyship.ended_at.is_(None) & (Deputyship.ends_on >= today)


def of_person(session: Session, user_id: UUID) -> Sequence[Deputyship]:
    """Return where somebody is represented or stands in, the latest first."""
    mine = or_(Deputyship.represented_id == user_id, Deputyship.deputy_id == user_id)
    found = select(Deputyship).where(mine).order_by(Deputyship.ends_on.desc(), Deputyship.id)
    return session.scalars(found.limit(_SHOWN)).unique().all()


def open_of(session: Session, user_id: UUID, today: date) -> Sequence[Deputyship]:
    """Return those of `of_person` that still wait, come or run, the earliest first."""
    mine = or_(Deputyship.represented_id == user_id, Deputyship.deputy_id == user_id)
    found = select(Deputyship).where(mine, unfinished(today))
    return session.scalars(found.order_by(Deputyship.starts_on, Deputyship.id)).unique().all()


def running_of(session: Session, deputy_id: UUID, today: date) -> list[Deputyship]:
    """Return by which deputyships somebody may act today."""
    found = select(Deputyship).where(
        Deputyship.deputy_id == deputy_id,
        Deputyship.accepted_at.is_not(None),
        Deputyship.starts_on <= today,
        unfinished(today),
    )
    held = session.scalars(found.order_by(Deputyship.ends_on, Deputyship.id)).unique()
    return [one for one in held if one.holds(today)]


def colleagues(session: Session, user: User, *, search: str, chosen: object) -> Offer[User]:
    """Offer who could stand in for somebody: people of the same place with an open account."""
    every = at_work(*Role, search=search)
    there = every.where(User.organisation_id == user.organisation_id, User.id != user.id)
    return offered(session, there, User.id, chosen=chosen)


def covered(role: Role, day: date) -> Select[UUID]:
    """Return the select of whom somebody stands in for in a role on a day."""
    return select(Deputyship.represented_id).where(
        Deputyship.role == role,
        Deputyship.accepted_at.is_not(None),
        Deputyship.ended_at.is_(None),
        Deputyship.starts_on <= day,
        Deputyship.ends_on >= day,
    )
