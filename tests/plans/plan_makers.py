"""Plans written through the services, for tests of the plan."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.actor import Actor
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, Need, Plan, PlanLine
from reintegration.plans.services import approval, needs, plan_lines, planning
from reintegration.plans.states import Priority
from tests.factories.casework import make_case
from tests.factories.cast import NOW, TODAY, Cast, actor


@dataclass
class Written:
    """A plan of one step with one service, as Ana wrote it."""

    case: CaseFile
    plan: Plan
    milestone: Milestone
    line: PlanLine
    ana: Actor
    sergiu: Actor


def a_step(title: str = "Consiliere", *, starts: int = 0, ends: int = 60, waits_for=()):
    return planning.Step(
        title=title,
        domain=Domain.HEALTH,
        starts_on=TODAY + timedelta(days=starts),
        due_on=TODAY + timedelta(days=ends),
        waits_for=frozenset(waits_for),
    )


def a_service(cast: Cast, *, units: int = 12, price: int = 50_000, ceiling: int | None = None):
    return plan_lines.Service(
        unit=Unit.SESSION,
        units=units,
        unit_price=Money(price, "MDL"),
        budget_line_id=cast.budget_line.id,
        ceiling=Money(ceiling, "MDL") if ceiling is not None else None,
    )


def write_plan(session: Session, cast: Cast) -> Written:
    """Write a draft as Ana."""
    case = make_case(session, cast)
    ana, sergiu = actor(session, cast.ana), actor(session, cast.sergiu)
    plan = planning.start_plan(session, case, actor=ana, now=NOW)
    milestone = planning.add_milestone(
        session, plan, actor=ana, step=a_step(), revision=plan.revision, now=NOW
    )
    line = plan_lines.add_line(
        session,
        milestone,
        actor=ana,
        category=ServiceCategory.MENTAL_HEALTH,
        service=a_service(cast),
        revision=plan.revision,
        now=NOW,
    )
    return Written(case, plan, milestone, line, ana, sergiu)


def submit(session: Session, written: Written) -> int:
    """Send it as Ana; return the number of the version."""
    plan = written.plan
    return approval.submit(session, plan, actor=written.ana, revision=plan.revision, now=NOW).number


def approve(session: Session, written: Written) -> None:
    """Send it as Ana and approve it as Sergiu."""
    number = submit(session, written)
    approval.approve(session, written.plan, actor=written.sergiu, number=number, now=NOW)
    session.flush()


def add_need(session: Session, w: Written, priority: Priority = Priority.LOW) -> Need:
    """Write down a second need, which no goal serves yet."""
    return needs.add_need(
        session,
        w.case,
        actor=w.ana,
        domain=Domain.HEALTH,
        priority=priority,
        description="Somn",
        now=NOW,
    )


def edit(session: Session, w: Written, service: plan_lines.Service) -> None:
    """Write the plan's one service anew."""
    plan_lines.edit_line(
        session, w.line, actor=w.ana, service=service, revision=w.plan.revision, now=NOW
    )
