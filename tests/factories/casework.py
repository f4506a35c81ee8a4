"""Cases with consent and an approved plan, made row by row: the shortest way to a plan line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User
from reintegration.cases.models import CaseFile, CaseMember, Consent
from reintegration.cases.services import consent as consents
from reintegration.cases.states import CaseState, ConsentMode, ConsentScope, MemberRole
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.sayable_names import new_case_code
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import Goal, Milestone, Need, Plan, PlanLine, PlanLineDelivery
from reintegration.plans.states import PlanState, Priority
from tests.factories.cast import NOW, TODAY, Cast, actor


@dataclass
class Casework:
    """One case, ready for services."""

    case: CaseFile
    consent: Consent
    plan: Plan
    milestone: Milestone
    line: PlanLine


def make_case(session: Session, cast: Cast) -> CaseFile:
    """Add a case of Ana, supervised by Sergiu."""
    case = CaseFile(
        id=new_id(),
        code=new_case_code(),
        state=CaseState.ACTIVE.value,
        opened_at=NOW,
        opened_by=cast.ana.id,
        manager_id=cast.ana.id,
        sex="female",
        birth_year=1998,
        territorial_unit="MD-UN",
        updated_at=NOW,
        members=[
            CaseMember(user_id=cast.ana.id, role=MemberRole.MANAGER.value, since=NOW),
            CaseMember(user_id=cast.sergiu.id, role=MemberRole.SUPERVISOR.value, since=NOW),
        ],
    )
    session.add(case)
    session.flush()
    agree(session, cast, case)
    return case


def say_yes(
    session: Session,
    cast: Cast,
    case: CaseFile,
    scope: ConsentScope,
    *,
    by: User | None = None,
    provider: Organisation | None = None,
    days: int = 90,
    at: datetime = NOW,
) -> Consent:
    """Write down one yes by the service itself, as Ana does, and return it."""
    [consent] = consents.record(
        session,
        actor=actor(session, by or cast.ana),
        case=case,
        scopes=[scope],
        mode=ConsentMode.ORAL,
        locale="ro",
        valid_until=TODAY + timedelta(days=days),
        provider_id=provider.id if provider else None,
        now=at,
    )
    return consent


def agree(session: Session, cast: Cast, case: CaseFile) -> None:
    """Add the consents on which most work stands."""
    session.add_all(
        Consent(
            id=new_id(),
            case_id=case.id,
            scope=scope.value,
            mode=ConsentMode.WRITTEN.value,
            text_version="2026-11",
            locale="ro",
            given_at=NOW,
            valid_until=TODAY + timedelta(days=365),
            recorded_by=cast.ana.id,
        )
        for scope in (ConsentScope.SHARE_WITH_PROVIDER, ConsentScope.CASE_MANAGEMENT)
    )
    session.flush()


def consent_of(session: Session, case: CaseFile, scope: ConsentScope) -> Consent:
    """Return what the person of a case agreed to, by its scope."""
    return session.scalars(
        select(Consent).where(Consent.case_id == case.id, Consent.scope == scope)
    ).one()


def make_casework(
    session: Session,
    cast: Cast,
    *,
    category: ServiceCategory = ServiceCategory.MENTAL_HEALTH,
    units: int = 12,
    unit_price: Money | None = None,
    due_on: date | None = None,
) -> Casework:
    """Add a case with live consents and an approved plan of one milestone with one line."""
    price = unit_price or Money(50_000, "MDL")
    case = make_case(session, cast)
    consent = consent_of(session, case, ConsentScope.SHARE_WITH_PROVIDER)
    need = Need(
        id=new_id(),
        case_id=case.id,
        domain=Domain.HEALTH.value,
        priority=Priority.HIGH.value,
        description="Somn și liniște",
        created_at=NOW,
    )
    goal = Goal(
        id=new_id(), case_id=case.id, need=need, description="Doarme fără frică", created_at=NOW
    )
    plan = Plan(
        id=new_id(),
        case_id=case.id,
        state=PlanState.APPROVED.value,
        approved_version=1,
        approved_at=NOW,
        last_edited_by=cast.ana.id,
        submitted_by=cast.ana.id,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add_all([need, goal, plan])
    session.flush()
    milestone = Milestone(
        id=new_id(),
        plan=plan,
        case_id=case.id,
        goal=goal,
        domain=Domain.HEALTH.value,
        title="Consiliere",
        starts_on=TODAY - timedelta(days=30),
        due_on=due_on or TODAY + timedelta(days=60),
        created_at=NOW,
    )
    session.add(milestone)
    line = PlanLine(
        id=new_id(),
        case_id=case.id,
        milestone=milestone,
        category=category,
        unit=category.unit.value,
        units=units,
        unit_price_minor=price.minor,
        ceiling_minor=price.minor * units,
        currency=price.currency,
        budget_line_id=cast.budget_line.id,
        approved_units=units,
        approved_unit_price_minor=price.minor,
        approved_ceiling_minor=price.minor * units,
        approved_budget_line_id=cast.budget_line.id,
        created_at=NOW,
        delivery=PlanLineDelivery(),
    )
    session.add(line)
    session.flush()
    return Casework(case=case, consent=consent, plan=plan, milestone=milestone, line=line)


def typed_case(**values: Any) -> dict[str, Any]:
    """Return what the form of a new case sends."""
    return {
        "language": "ro",
        "sex": "unspecified",
        "dependants": "0",
        "contact_channel": "none",
        "mode": "oral",
        "consent_locale": "ro",
    } | values
