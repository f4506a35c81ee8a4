"""The emergency start: one worker helps at once from a standing allowance, once per case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries.consents import live_consent
from reintegration.cases.services import consent as consents
from reintegration.cases.services import registration
from reintegration.cases.services.open_cases import require_open
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.team import supervisors
from reintegration.cases.services.telling import tell
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import ConsentMode, ConsentScope, Signatory
from reintegration.codelists.eligibility import ANYTHING, Helped, Terms, Wanted, mismatch
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.service_categories import ServiceCategory, refuse_out_of_use
from reintegration.codelists.units import Unit
from reintegration.kernel import audit, clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.alike import alike
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money, total
from reintegration.kernel.signing import named, signed, with_writers
from reintegration.plans.models import EmergencyStart, Milestone, Plan, PlanLine
from reintegration.plans.permissions import EmergencyPermission
from reintegration.plans.queries import provision
from reintegration.plans.services.deliveries import expect_deliveries
from reintegration.plans.states import EMERGENCY_ALLOWANCE, EmergencyAllowance, LineOrigin

_NOTHING = Money.zero(EMERGENCY_ALLOWANCE.initially.ceiling.currency)
_NEEDED = (ConsentScope.CASE_MANAGEMENT, ConsentScope.SHARE_WITH_PROVIDER)


@dataclass(frozen=True, slots=True)
class TonightNeeds:
    """What is needed now. `medicine` is money up to a sum; the rest is counted."""

    nights: int = 0
    rides: int = 0
    medicine: Money = _NOTHING

    def lines(
        self, allowance: EmergencyAllowance
    ) -> Sequence[tuple[ServiceCategory, Unit, int, Money]]:
        """Return category, unit, units and highest price of each thing that is needed."""
        wanted = (
            (ServiceCategory.SHELTER, Unit.NIGHT, self.nights, allowance.night_price),
            (ServiceCategory.TRANSPORT, Unit.RIDE, self.rides, allowance.ride_price),
            (ServiceCategory.MEDICAL, Unit.AMOUNT, int(self.medicine.minor > 0), self.medicine),
        )
        return [line for line in wanted if line[2] > 0]

    def at_most(self, allowance: EmergencyAllowance) -> Money:
        """Return the most that all of it may cost."""
        return total(
            (price * units for _category, _unit, units, price in self.lines(allowance)),
            allowance.ceiling.currency,
        )


@dataclass(frozen=True, slots=True)
class Funding:
    """The budget line that pays; its milestone's title is written in the worker's language."""

    budget_line_id: UUID
    available: Money
    milestone_title: str
    terms: Terms = ANYTHING


class Tonight(TypedDict):
    """What is promised, from which money, in what language the person agreed, and what happened."""

    needs: TonightNeeds
    funding: Funding
    consent_locale: str
    signatory: NotRequired[Signatory]
    circumstances: str


def start_new(
    session: Session,
    *,
    actor: Actor,
    facts: CaseFacts,
    identity: Identity,
    now: datetime,
    **tonight: Unpack[Tonight],
) -> EmergencyStart:
    """Open a case at the door and start: the person agreed aloud after hearing the text."""
    permissions.demand(actor, EmergencyPermission.START)
    check_needs(
        tonight["needs"], tonight["funding"], helped=alike(Helped, facts), on=clock.local_day(now)
    )
    case = registration.register(
        session, actor=actor, facts=facts, identity=identity, now=now, cover=True
    )
    return start(session, actor=registration.with_case(actor, case), case=case, now=now, **tonight)


def start(
    session: Session, *, actor: Actor, case: CaseFile, now: datetime, **tonight: Unpack[Tonight]
) -> EmergencyStart:
    """Record oral consent and approve lines from the allowance; supervisors are told.

    Raises Conflict when the case used its allowance before, Invalid above the ceiling.
    """
    permissions.demand(actor, EmergencyPermission.START, case)
    permissions.demand(actor, CasePermission.EDIT, case)
    require_open(session, case.id)
    assert actor.id is not None
    needs, funding = tonight["needs"], tonight["funding"]
    check_needs(needs, funding, helped=provision.helped(case), on=clock.local_day(now))
    if session.scalar(select(EmergencyStart).where(EmergencyStart.case_id == case.id)):
        raise Conflict(N_("This case used its emergency allowance before."), code="used")
    allowance = EMERGENCY_ALLOWANCE.on(clock.local_day(now))
    started = EmergencyStart(
        id=new_id(),
        case_id=case.id,
        **signed("started_by", actor),
        started_at=now,
        ratify_by=now + allowance.ratify_within,
        circumstances=tonight["circumstances"].strip(),
        ceiling=allowance.ceiling,
    )
    session.add(started)
    session.flush()
    signatory = tonight.get("signatory", Signatory.PERSON)
    _agree(session, actor, case, tonight["consent_locale"], signatory, now)
    _add_lines(session, actor, case, needs, funding, now)
    case.updated_at = now
    session.flush()
    _announce(session, actor, case, started, needs, now)
    return started


def check_needs(needs: TonightNeeds, funding: Funding, *, helped: Helped, on: date) -> None:
    """Raise Invalid when nothing is asked, too much is asked, or the budget line may not pay."""
    allowance = EMERGENCY_ALLOWANCE.on(on)
    asked = needs.at_most(allowance)
    if min(needs.nights, needs.rides, needs.medicine.minor) < 0:
        raise Invalid(N_("Nothing can be asked in negative numbers."), code="needs")
    if not needs.lines(allowance):
        raise Invalid(N_("Choose what is needed tonight."), code="needs")
    if needs.nights > allowance.nights or needs.rides > allowance.rides:
        raise Invalid(N_("This is more than the emergency allowance covers."), code="needs")
    if asked > allowance.ceiling:
        raise Invalid(
            N_("Together this may cost %(asked)s; the emergency allowance is %(most)s."),
            code="needs",
            asked=asked,
            most=allowance.ceiling,
        )
    for category, *_ in needs.lines(allowance):
        refuse_out_of_use(category, on)
        why = mismatch(funding.terms, Wanted([category], helped, on, on))
        if why is not None:
            raise Invalid(
                N_("This budget line does not pay for %(service)s: %(why)s. Choose another one."),
                code="budget_line",
                field="funding",
                service=category,
                why=why,
            )
    if funding.available < asked:
        raise Invalid(
            N_("The budget line has less than %(asked)s free. Choose another, or ask finance."),
            code="budget_line",
            field="funding",
            asked=asked,
        )


def _agree(
    session: Session, actor: Actor, case: CaseFile, locale: str, signatory: Signatory, now: datetime
) -> None:
    """Record what is not covered yet; a consent that holds is left alone."""
    today = clock.local_day(now)
    missing = [s for s in _NEEDED if live_consent(session, case.id, s, None, today) is None]
    if missing:
        consents.record(
            session,
            actor=actor,
            case=case,
            scopes=missing,
            mode=ConsentMode.ORAL,
            signatory=signatory,
            locale=locale,
            valid_until=today + EMERGENCY_ALLOWANCE.on(today).consent_for,
            now=now,
        )


def _add_lines(
    session: Session,
    actor: Actor,
    case: CaseFile,
    needs: TonightNeeds,
    funding: Funding,
    now: datetime,
) -> None:
    today = clock.local_day(now)
    allowance = EMERGENCY_ALLOWANCE.on(today)
    milestone = Milestone(
        id=new_id(),
        plan=_plan_of(session, actor, case, now),
        case_id=case.id,
        domain=Domain.SAFETY_HOUSING,
        title=funding.milestone_title,
        starts_on=today,
        due_on=clock.local_day(now + allowance.ratify_within),
        created_at=now,
    )
    session.add(milestone)
    session.flush()
    for category, unit, units, price in needs.lines(allowance):
        line = PlanLine(
            id=new_id(),
            case_id=case.id,
            milestone=milestone,
            origin=LineOrigin.EMERGENCY,
            category=category,
            unit=unit,
            units=units,
            unit_price=price,
            ceiling=price * units,
            budget_line_id=funding.budget_line_id,
            created_at=now,
        )
        line.approve()
        session.add(line)
        session.flush()
        expect_deliveries(session, line.id)


def _plan_of(session: Session, actor: Actor, case: CaseFile, now: datetime) -> Plan:
    plan = session.scalar(select(Plan).where(Plan.case_id == case.id))
    if plan is None:
        plan = Plan(
            id=new_id(),
            case_id=case.id,
            **signed("last_edited_by", actor),
            written_by=with_writers((), actor),
            created_at=now,
            updated_at=now,
        )
        session.add(plan)
        session.flush()
    return plan


def _announce(
    session: Session,
    actor: Actor,
    case: CaseFile,
    started: EmergencyStart,
    needs: TonightNeeds,
    now: datetime,
) -> None:
    today = clock.local_day(now)
    asked = needs.at_most(EMERGENCY_ALLOWANCE.on(today))
    audit.record(
        session,
        "emergency:start",
        audit.Subject("emergency", started.id, case.id),
        actor=actor,
        now=now,
        data={
            "at_most_minor": asked.minor,
            "currency": asked.currency,
            **stood(today, EMERGENCY_ALLOWANCE),
        },
    )
    message = N_("%(who)s started emergency help in case %(code)s, %(asked)s at most. Decide.")
    link = f"/cases/emergencies/{started.id}"
    tell(
        session,
        case,
        supervisors(case, now),
        f"emergency|{started.id}|started",
        message,
        now=now,
        link=link,
        **named(actor),
        asked=str(asked),
    )
