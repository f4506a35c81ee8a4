"""Reading emergency starts: what waits for a second person, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count
from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.plans.models import EmergencyStart, PlanLine
from reintegration.plans.permissions import EmergencyPermission
from reintegration.plans.states import EmergencyState, LineOrigin


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One emergency start with the words that a list shows; `asked` is the most it may cost.

    `mine`: it waits for the reader, not for somebody else.
    """

    start: EmergencyStart
    mine: bool
    code: str
    started_by: str
    started_for: str | None
    asked: Money


def emergency_or_404(session: Session, actor: Actor, emergency_id: UUID) -> EmergencyStart:
    """Return one of the caseload, or raise NotFound."""
    within = permissions.visible(actor, EmergencyStart, CasePermission.VIEW)
    return or_404(session.scalar(within.where(EmergencyStart.id == emergency_id)))


def of_case(session: Session, case_id: UUID) -> EmergencyStart | None:
    """Return the emergency start of a case, if it had one."""
    return session.scalar(select(EmergencyStart).where(EmergencyStart.case_id == case_id))


def lines_of(session: Session, case_id: UUID) -> Sequence[PlanLine]:
    """Return the lines that the emergency allowance approved, in the order they were asked."""
    return session.scalars(
        select(PlanLine)
        .where(
            PlanLine.case_id == case_id,
            PlanLine.origin == LineOrigin.EMERGENCY,
            PlanLine.removed_at.is_(None),
        )
        .order_by(PlanLine.category.desc(), PlanLine.id)
    ).all()


def pending(session: Session, actor: Actor, *, limit: int = bounded.AT_ONCE) -> list[EmergencyRow]:
    """Return what waits in the actor's cases, the most urgent first.

    After it stands what others decide. Two statements, however many rows.
    """
    return _rows(session, actor, EmergencyState.PENDING, limit=limit)


def pending_count(session: Session, actor: Actor) -> Count:
    """Return how many wait for this very person: not those that they started."""
    return bounded.count(session, to_decide(actor))


def to_decide(actor: Actor) -> Select[EmergencyStart]:
    """Return the select of what waits for this very person."""
    mine = permissions.visible(actor, EmergencyStart, EmergencyPermission.DECIDE)
    return mine.where(EmergencyStart.state == EmergencyState.PENDING)


def decided(session: Session, actor: Actor, *, limit: int = 20) -> list[EmergencyRow]:
    """Return the last decisions in the actor's cases."""
    done = (EmergencyState.RATIFIED, EmergencyState.REFUSED)
    return _rows(session, actor, *done, newest_first=True, limit=limit)


def _rows(
    session: Session, actor: Actor, *states: EmergencyState, newest_first: bool = False, limit: int
) -> list[EmergencyRow]:
    mine, other = permissions.may(actor, EmergencyStart, EmergencyPermission.DECIDE), aliased(User)
    order = (
        [EmergencyStart.decided_at.desc()] if newest_first else [~mine, EmergencyStart.ratify_by]
    )
    found = session.execute(
        select(EmergencyStart, mine, CaseFile.code, User.name, other.name)
        .join(CaseFile, CaseFile.id == EmergencyStart.case_id)
        .join(User, User.id == EmergencyStart.started_by)
        .outerjoin(other, other.id == EmergencyStart.started_for)
        .where(
            permissions.where(actor, EmergencyStart, CasePermission.VIEW),
            EmergencyStart.state.in_(states),
        )
        .order_by(*order, EmergencyStart.id)
        .limit(limit)
    ).all()
    asked = _asked(session, [start.case_id for start, *_rest in found])
    return [
        EmergencyRow(
            start, decides, code, name, whom, asked.get(start.case_id) or Money.zero(start.currency)
        )
        for start, decides, code, name, whom in found
    ]


def asked_in(session: Session, start: EmergencyStart) -> Money:
    """Return the most that the lines of one emergency start may cost."""
    return total((line.ceiling for line in lines_of(session, start.case_id)), start.currency)


def _asked(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, Money]:
    asked = InMoney("asked", func.sum(PlanLine.ceiling_minor), PlanLine.currency)
    rows = session.execute(
        select(PlanLine.case_id, asked)
        .where(
            PlanLine.case_id.in_(case_ids),
            PlanLine.origin == LineOrigin.EMERGENCY,
            PlanLine.removed_at.is_(None),
        )
        .group_by(PlanLine.case_id, PlanLine.currency)
    )
    return dict(rows.all())
