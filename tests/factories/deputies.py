"""One person of the cast stands in for another."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship, User
from reintegration.accounts.services import actors, deputies
from reintegration.kernel.actor import Actor, Role
from tests.factories.cast import NOW, TODAY, actor


def make_deputyship(
    session: Session,
    represented: User,
    deputy: User,
    role: Role | None = None,
    *,
    starts_on: date = TODAY,
    ends_on: date = TODAY + timedelta(days=6),
    accepted: bool = True,
    now: datetime = NOW,
) -> Deputyship:
    """Let `represented` name a deputy in their only role, who accepts; commits around each."""
    session.commit()
    named = deputies.name(
        session,
        actor=actor(session, represented),
        represented=represented,
        deputy=deputy,
        role=role or next(iter(represented.role_set)),
        starts_on=starts_on,
        ends_on=ends_on,
        now=now,
    )
    session.commit()
    if accepted:
        deputies.accept(session, named, actor=actor(session, deputy), now=now)
        session.commit()
    return named


def deputy_of(session: Session, represented: User, deputy: User, role: Role | None = None) -> Actor:
    """Return `deputy` at the desk of `represented`, with the caseload of now."""
    named = make_deputyship(session, represented, deputy, role)
    return actors.actor_of(session, deputy, named)
