"""Reading case files."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import NotFound
from reintegration.plans.models import CaseFile, CaseMember


def visible_to(actor: Actor) -> Select[tuple[CaseFile]]:
    """Return the cases that the actor is assigned to."""
    return select(CaseFile).where(CaseFile.id.in_(actor.caseload))


def case_or_404(session: Session, actor: Actor, case_id: UUID) -> CaseFile:
    """Return a case of the caseload; foreign and missing ones raise the same NotFound."""
    case = session.scalar(visible_to(actor).where(CaseFile.id == case_id))
    if case is None:
        raise NotFound
    return case


def caseload_of(session: Session, user_id: UUID) -> frozenset[UUID]:
    """Return the ids of the cases that a person is assigned to now."""
    return frozenset(
        session.scalars(
            select(CaseMember.case_id).where(
                CaseMember.user_id == user_id,
                or_(CaseMember.until.is_(None), CaseMember.until > clock.now()),
            )
        )
    )


def team_of(session: Session, case: CaseFile) -> Sequence[tuple[CaseMember, User]]:
    """Return who works on a case, with their names."""
    return [
        (member, user)
        for member, user in session.execute(
            select(CaseMember, User)
            .join(User, User.id == CaseMember.user_id)
            .where(CaseMember.case_id == case.id)
            .order_by(CaseMember.since)
        )
        .unique()
        .tuples()
    ]

