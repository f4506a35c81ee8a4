"""Services that lost their provider: whoever arranges them must find another one.

Nothing of it is stored. A service is here while it is approved and not all delivered, somebody was
asked for it, and nobody who was asked can deliver it: the request ended, or what was asked for is
suspended or approved no more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.states import OPEN_REFERRALS, ReferralState
from reintegration.cases.models import CaseFile
from reintegration.cases.states import CaseState
from reintegration.codelists.units import Unit
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.plans.models import Goal, Milestone, Need, PlanLine, PlanLineDelivery
from reintegration.plans.states import OPEN_MILESTONE_STATES, Priority


@dataclass(frozen=True, slots=True)
class Stranded:
    """A service that lost its provider, its case, and the last day of its step."""

    line: PlanLine
    case_code: str
    due_on: date


def on_lines(session: Session, line_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these services need another provider."""
    if not line_ids:
        return frozenset()
    of_lines = select(PlanLine.id).outerjoin(PlanLine.delivery)
    return frozenset(session.scalars(of_lines.where(PlanLine.id.in_(line_ids), *_lost())))


def of_manager(session: Session, actor: Actor, *, limit: int) -> list[Stranded]:
    """Return the services of the cases that somebody manages, those of urgent needs first."""
    statement: Any = (
        select(PlanLine, CaseFile.code, Milestone.due_on)
        .join(CaseFile, CaseFile.id == PlanLine.case_id)
        .join(Milestone, Milestone.id == PlanLine.milestone_id)
        .outerjoin(PlanLine.delivery)
        .outerjoin(Goal, Goal.id == Milestone.goal_id)
        .outerjoin(Need, Need.id == Goal.need_id)
        .where(
            CaseFile.manager_id == actor.desk_id,
            CaseFile.state != CaseState.CLOSED,
            permissions.where(actor, CaseFile, ReferralPermission.SEND),
            Milestone.state.in_(OPEN_MILESTONE_STATES),
            *_lost(),
        )
        .order_by(_urgency(), Milestone.due_on, PlanLine.id)
        .limit(limit)
    )
    return [Stranded(line, code, due) for line, code, due in session.execute(statement)]


def _lost() -> Sequence[ColumnElement[bool]]:
    """Return the conditions on a service, its delivery joined, under which nobody delivers it."""
    delivered = case(
        (PlanLine.unit == Unit.AMOUNT, func.coalesce(PlanLineDelivery.amount_minor, 0)),
        else_=func.coalesce(PlanLineDelivery.units, 0),
    )
    approved = case(
        (PlanLine.unit == Unit.AMOUNT, PlanLine.approved_ceiling_minor),
        else_=PlanLine.approved_units,
    )
    return (
        PlanLine.removed_at.is_(None),
        PlanLine.approved_ceiling_minor > 0,
        delivered < approved,
        exists().where(Referral.plan_line_id == PlanLine.id),
        ~_delivering(),
    )


def _delivering() -> ColumnElement[bool]:
    """Whether somebody who was asked for it still can deliver it, or has."""
    asked, offered = aliased(Referral), aliased(Offering)
    can = and_(asked.state.in_(OPEN_REFERRALS), offered.state == OfferingState.APPROVED)
    return (
        select(asked.id)
        .join(offered, offered.id == asked.offering_id)
        .where(asked.plan_line_id == PlanLine.id, or_(can, asked.state == ReferralState.COMPLETED))
        .exists()
    )


def _urgency() -> ColumnElement[int]:
    ranks = {priority: rank for rank, priority in enumerate(Priority)}
    return case(*((Need.priority == key, rank) for key, rank in ranks.items()), else_=len(ranks))
