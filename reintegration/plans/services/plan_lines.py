"""Writing the services of a plan: how many, at what price, from which budget line."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.codelists.eligibility import is_meant_for
from reintegration.codelists.service_categories import ServiceCategory, refuse_out_of_use
from reintegration.codelists.units import Unit
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, PlanLine
from reintegration.plans.queries import provision
from reintegration.plans.services.planning import (
    lock_for_editing,
    must_be_planned,
    note_edit,
    take_out,
)
from reintegration.plans.states import HIGHEST_CEILING_MINOR, LineOrigin


@dataclass(frozen=True, slots=True)
class Service:
    """What a person writes about a planned service.

    Money up to a sum (`Unit.AMOUNT`) is one unit whose price is the sum. Without a ceiling it is
    units times price. The currency is the budget line's.
    """

    unit: Unit
    units: int
    unit_price: Money
    budget_line_id: UUID
    ceiling: Money | None = None
    description: str = ""


def add_line(
    session: Session,
    milestone: Milestone,
    *,
    actor: Actor,
    category: ServiceCategory,
    service: Service,
    revision: int,
    now: datetime,
) -> PlanLine:
    """Add a service to a step; raise Invalid when units, price and ceiling do not fit."""
    plan = milestone.plan
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    _refuse_category(session, plan.case_id, category, local_day(now))
    line = PlanLine(
        id=new_id(),
        case_id=plan.case_id,
        milestone_id=milestone.id,
        category=category,
        origin=LineOrigin.PLAN,
        created_at=now,
    )
    _write(session, milestone, line, service, actor=actor, now=now)
    session.add(line)
    session.flush()
    session.expire(milestone, ["lines"])
    note_edit(session, plan, line.id, "line_added", actor=actor, now=now)
    return line


def edit_line(
    session: Session,
    line: PlanLine,
    *,
    actor: Actor,
    service: Service,
    revision: int,
    now: datetime,
) -> None:
    """Change a service; what was approved stays in force until the next approval."""
    plan = line.milestone.plan
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    must_be_planned(line)
    if line.approved_ceiling and service.unit_price.currency != line.currency:
        raise Invalid(
            N_("An approved service keeps its currency. Take it out and add another one."),
            code="budget_line_id",
            field="budget_line_id",
        )
    before = _values(line)
    _write(session, line.milestone, line, service, actor=actor, now=now)
    changed = [name for name, value in _values(line).items() if value != before[name]]
    session.flush()
    note_edit(session, plan, line.id, "line", actor=actor, now=now, fields=changed)


def remove_line(
    session: Session, line: PlanLine, *, actor: Actor, revision: int, now: datetime
) -> None:
    """Take a service out of the plan; raise Conflict while something is open on it."""
    plan = line.milestone.plan
    lock_for_editing(session, plan, actor=actor, revision=revision, now=now)
    take_out(session, line, now=now)
    session.flush()
    note_edit(session, plan, line.id, "line_removed", actor=actor, now=now)


def _refuse_category(session: Session, case_id: UUID, category: ServiceCategory, on: date) -> None:
    refuse_out_of_use(category, on)
    if not is_meant_for(category, provision.helped(session.get_one(CaseFile, case_id)), on):
        raise Invalid(
            N_("“%(service)s” is meant for other people, by age or by sex."),
            code="category",
            field="category",
            service=category,
        )


def _write(
    session: Session,
    step: Milestone,
    line: PlanLine,
    service: Service,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    currency, case = service.unit_price.currency, session.get_one(CaseFile, line.case_id)
    offered = provision.budget_choices(session, actor, local_day(now), (currency,))
    choice = offered.get(service.budget_line_id)
    if choice is None or choice.free.currency != currency:
        raise Invalid(
            N_("Choose a budget line in this currency."),
            code="budget_line_id",
            field="budget_line_id",
        )
    why = choice.why_not(provision.wanted_in(case, step, line.category, on=local_day(now)))
    if why is not None:
        raise Invalid(
            N_("“%(line)s” does not pay for %(service)s here: %(why)s. Choose another one."),
            code="budget_line_id",
            field="budget_line_id",
            line=choice.label,
            service=line.category,
            why=why,
        )
    units = 1 if service.unit == Unit.AMOUNT else service.units
    if units < 1:
        raise Invalid(N_("Plan at least one."), code="units", field="units")
    if service.unit_price.minor < 1:
        raise Invalid(
            N_("The price must be more than zero."), code="unit_price", field="unit_price"
        )
    whole = service.unit_price * units
    ceiling = service.ceiling or whole
    if ceiling.currency != whole.currency or ceiling < whole:
        raise Invalid(
            N_("The most that it may cost is less than %(units)s times the price (%(whole)s)."),
            code="ceiling",
            field="ceiling",
            units=units,
            whole=whole,
        )
    if ceiling.minor > HIGHEST_CEILING_MINOR:
        raise Invalid(
            N_("This is more than one service may ever cost."), code="ceiling", field="ceiling"
        )
    line.unit, line.units = service.unit, units
    line.currency, line.budget_line_id = ceiling.currency, service.budget_line_id
    line.unit_price, line.ceiling = service.unit_price, ceiling
    line.description = service.description.strip()


def _values(line: PlanLine) -> dict[str, object]:
    names = ("unit", "units", "unit_price_minor", "ceiling_minor", "budget_line_id", "description")
    return {name: getattr(line, name) for name in names}
