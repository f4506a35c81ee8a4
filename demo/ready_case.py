"""A case in one go: a person who does not exist, with services that a provider has accepted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import referrals
from providers.referrals.services.disclosure import Asked
from reintegration.cases.models import CaseFile
from reintegration.cases.services import consent, registration
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import ConsentMode, ConsentScope
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import Sex
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.plans.models import PlanLine
from reintegration.plans.services import approval, needs, plan_lines, planning
from reintegration.plans.services.plan_lines import Service
from reintegration.plans.services.planning import Step
from reintegration.plans.states import Priority

_CONSENT = timedelta(days=365)
_DUE = timedelta(days=90)
_FACTS = CaseFacts(sex=Sex.FEMALE, birth_year=1990, territorial_unit="MD-UN")
_NOBODY = Identity(given_name="Persoană inventată", family_name="Pentru probe")


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who writes the plan, who approves it, and who accepts for the provider."""

    manager: Actor
    supervisor: Actor
    coordinator: Actor

    def on(self, case: CaseFile) -> "Helpers":
        """Return them with this case in their hands."""
        return replace(
            self,
            manager=replace(self.manager, caseload=self.manager.caseload | {case.id}),
            supervisor=replace(self.supervisor, caseload=self.supervisor.caseload | {case.id}),
        )


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A plan line that a provider has accepted, and the case manager who may issue on it."""

    manager: Actor
    line: PlanLine
    referral: Referral


def ready_lines(
    session: Session,
    helpers: Helpers,
    offering: Offering,
    service: Service,
    count: int,
    *,
    lasts: timedelta = _DUE,
    now: datetime,
) -> Iterator[ReadyLine]:
    """Open a case with `count` times the same service, each accepted by the provider."""
    case = registration.register(
        session, actor=helpers.manager, facts=_FACTS, identity=_NOBODY, now=now
    )
    mine = helpers.on(case)
    consent.record(
        session,
        actor=mine.manager,
        case=case,
        mode=ConsentMode.WRITTEN,
        locale=Locale.RO,
        scopes=[ConsentScope.CASE_MANAGEMENT, ConsentScope.SHARE_WITH_PROVIDER],
        valid_until=clock.local_day(now) + _CONSENT,
        now=now,
    )
    lines = _planned(session, mine, case, offering, [service] * count, lasts=lasts, now=now)
    for line in lines:
        yield ReadyLine(
            mine.manager, line, _accepted(session, mine, LineWithCase(line, case), offering, now)
        )


def _planned(
    session: Session,
    helpers: Helpers,
    case: CaseFile,
    offering: Offering,
    services: list[Service],
    *,
    lasts: timedelta,
    now: datetime,
) -> list[PlanLine]:
    """Write a plan of one step with these services, and have it approved."""
    manager, today = helpers.manager, clock.local_day(now)
    category = ServiceCategory(offering.category)
    domain = category.domain
    need = needs.add_need(
        session,
        case,
        actor=manager,
        domain=domain,
        priority=Priority.LOW,
        description="Caz inventat, pentru bonuri de probă.",
        now=now,
    )
    goal = needs.add_goal(
        session,
        need,
        actor=manager,
        description="Bonurile de probă sunt folosite.",
        own_words="",
        now=now,
    )
    plan = planning.start_plan(session, case, actor=manager, now=now)
    step = Step(
        title="Bonuri de probă",
        domain=domain,
        starts_on=today,
        due_on=today + lasts,
        goal_id=goal.id,
        waits_for=frozenset(),
    )
    milestone = planning.add_milestone(
        session, plan, actor=manager, step=step, revision=plan.revision, now=now
    )
    lines = [
        plan_lines.add_line(
            session,
            milestone,
            actor=manager,
            category=category,
            service=service,
            revision=plan.revision,
            now=now,
        )
        for service in services
    ]
    approval.submit(session, plan, actor=manager, revision=plan.revision, now=now)
    approval.approve(session, plan, actor=helpers.supervisor, number=1, now=now)
    return lines


def _accepted(
    session: Session, helpers: Helpers, found: LineWithCase, offering: Offering, now: datetime
) -> Referral:
    asked = Asked(found.line.approved_units, clock.local_day(now), "")
    referral = referrals.draft(
        session, actor=helpers.manager, found=found, offering=offering, asked=asked, now=now
    )
    referrals.send(session, referral, actor=helpers.manager, found=found, now=now)
    return referrals.accept(session, referral, actor=helpers.coordinator, now=now)
