"""Loading what matching looks at, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from providers.directory.models import Offering, Provider, SitePlace
from providers.directory.queries.documents import documents_end
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries.match_facts import Candidate, MatchRequest
from providers.referrals.states import ReferralState
from reintegration.cases.models import CaseFile
from reintegration.codelists.eligibility import is_meant_for
from reintegration.codelists.people import AccessNeed
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.alike import alike
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import NotFound
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, PlanLine
from reintegration.plans.queries.provision import helped

Planned = TypeVar("Planned", PlanLine, Milestone)
_NOT_ON_OFFER = (OfferingState.DRAFT, OfferingState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class LineWithCase:
    """A plan line with the case it is for; rules find `case_id` on it."""

    line: PlanLine
    case: CaseFile

    @property
    def case_id(self) -> UUID:
        """Return the case of the line."""
        return self.line.case_id


def line_or_404(session: Session, actor: Actor, plan_line_id: UUID) -> LineWithCase:
    """Return a line of the caseload with its case and milestone; else raise NotFound."""
    return LineWithCase(
        *_with_case(session, actor, PlanLine, plan_line_id, joinedload(PlanLine.milestone))
    )


@dataclass(frozen=True, slots=True)
class StepWithCase:
    """A step of a plan with the case it is for, before a service stands in it."""

    milestone: Milestone
    case: CaseFile

    @property
    def case_id(self) -> UUID:
        """Return the case of the step."""
        return self.milestone.case_id


def step_or_404(session: Session, actor: Actor, milestone_id: UUID) -> StepWithCase:
    """Return a step of the caseload with its case; else raise NotFound."""
    return StepWithCase(*_with_case(session, actor, Milestone, milestone_id))


def _with_case(
    session: Session, actor: Actor, model: type[Planned], key: UUID, *options: ORMOption
) -> tuple[Planned, CaseFile]:
    row = session.execute(
        select(model, CaseFile)
        .join(CaseFile, CaseFile.id == model.case_id)
        .where(
            model.id == key,
            permissions.where(actor, model, ReferralPermission.MATCH),
            model.removed_at.is_(None),
        )
        .options(*options)
    ).first()
    if row is None:
        raise NotFound
    found, case = row
    return found, case


def request_of(found: LineWithCase, *, units: int, today: date) -> MatchRequest:
    """Return what a plan line needs, with its approved price as the limit."""
    line = found.line
    return _request(
        StepWithCase(line.milestone, found.case),
        line.category,
        line.unit,
        units,
        line.approved_unit_price or line.unit_price,
        today,
    )


def first_request(found: StepWithCase, category: ServiceCategory, *, today: date) -> MatchRequest:
    """Return what a service that is not planned yet would need: no price leaves anybody out."""
    return _request(found, category, category.unit, 1, None, today)


def _request(
    found: StepWithCase,
    category: ServiceCategory,
    unit: Unit,
    units: int,
    limit: Money | None,
    today: date,
) -> MatchRequest:
    step, case = found.milestone, found.case
    starts_on = max(today, step.starts_on)
    return MatchRequest(
        category=category,
        unit=unit,
        units=units,
        starts_on=starts_on,
        ends_on=max(starts_on, step.due_on),
        price_limit=limit,
        territorial_unit=case.territorial_unit,
        sex=case.sex,
        age=today.year - case.birth_year if case.birth_year else None,
        dependants=case.dependants,
        languages=(case.language,),
        access_needs=frozenset(case.access_needs),
        excluded_units=frozenset(case.excluded_units),
        children_come=category.on(today).children_come,
        is_meant=is_meant_for(category, helped(case), today),
    )


def candidates(session: Session, *, category: str, case_id: UUID) -> list[Candidate]:
    """Return every offering of a category that is or was on offer, in four queries.

    How often and how well a provider served is counted over all cases, as the system: the
    numbers are of the provider, and no case can be read from them. So is the district read: that a
    place is not safe counts for a confidential one too, and no reason names where it is.
    """
    offerings = (
        session.scalars(
            select(Offering)
            .where(Offering.category == category, Offering.state.not_in(_NOT_ON_OFFER))
            .options(
                joinedload(Offering.site, innerjoin=True),
                selectinload(Offering.provider).selectinload(Provider.documents),
            )
        )
        .unique()
        .all()
    )
    unseen = _unseen(session, [offering.id for offering in offerings])
    known = _providers_of_case(session, case_id)
    return [
        _candidate(offering, unseen[offering.id], offering.provider_id in known)
        for offering in offerings
    ]


@dataclass(frozen=True, slots=True)
class _Unseen:
    """What is weighed without being shown: where it is, and how it served all cases."""

    territorial_unit: str
    completed: int
    failed: int
    last_asked_at: datetime | None


def _unseen(session: Session, offering_ids: Sequence[UUID]) -> dict[UUID, _Unseen]:
    with acting_as_system(session):
        rows = session.execute(
            select(
                Offering.id,
                SitePlace.territorial_unit,
                func.count().filter(Referral.state == ReferralState.COMPLETED).label("completed"),
                func.count().filter(Referral.state == ReferralState.FAILED).label("failed"),
                func.max(Referral.requested_at).label("last_asked_at"),
            )
            .join(SitePlace, SitePlace.site_id == Offering.site_id)
            .outerjoin(Referral, Referral.offering_id == Offering.id)
            .where(Offering.id.in_(offering_ids))
            .group_by(Offering.id, SitePlace.territorial_unit)
        ).all()
    return {row.id: alike(_Unseen, row) for row in rows}


def _providers_of_case(session: Session, case_id: UUID) -> set[UUID]:
    return set(
        session.scalars(
            select(Referral.provider_id).where(
                Referral.case_id == case_id,
                Referral.state.in_(
                    [ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.COMPLETED]
                ),
            )
        )
    )


def _candidate(offering: Offering, unseen: _Unseen, served: bool) -> Candidate:
    site = offering.site
    return alike(
        Candidate,
        offering,
        offering_id=offering.id,
        provider_name=offering.provider.name,
        site_name=site.name,
        service_name=offering.name,
        vetted_until=_vetted_until(offering),
        languages=tuple(offering.languages),
        interpreter=AccessNeed.INTERPRETER in site.access_features,
        access_features=frozenset(site.access_features),
        territorial_unit=unseen.territorial_unit,
        confidential=site.confidential,
        completed=unseen.completed,
        failed=unseen.failed,
        served_this_case=served,
        last_asked_at=unseen.last_asked_at,
    )


def _vetted_until(offering: Offering) -> date | None:
    """Return the last day on which the approval and its documents both hold."""
    own = offering.approved_until
    ends = documents_end(offering, offering.provider.documents)
    return own if own is None or ends is None else min(own, ends)
