"""What the floors above know about planned services, and how to ask them.

Plans stand below vouchers, referrals and the books. Each question is a port; the values below are
what they answer with.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.eligibility import ANYTHING, Helped, Mismatch, Terms, Wanted, mismatch
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.actor import Actor
from reintegration.kernel.alike import alike
from reintegration.kernel.money import Money, total
from reintegration.kernel.ports import Poll, Port
from reintegration.plans.models import Milestone, PlanLine


@dataclass(frozen=True, slots=True)
class BudgetChoice:
    """A budget line to choose, with what is free on it; `label` is shown as it stands.

    `code` is how tables name it: the fund's code and the line's, with a stroke between them.
    """

    id: UUID
    label: str
    free: Money
    terms: Terms = ANYTHING
    code: str = ""

    def pays(self, wanted: Wanted) -> bool:
        """Whether all of this may be paid from it."""
        return self.why_not(wanted) is None

    def why_not(self, wanted: Wanted) -> Mismatch | None:
        """Return why this may not be paid from it."""
        return mismatch(self.terms, wanted)


@dataclass(frozen=True, slots=True)
class LineMoney:
    """The money of one line, each part by itself: paid, delivered and not yet paid, promised."""

    plan_line_id: UUID
    paid: Money
    delivered: Money
    committed: Money


@dataclass(frozen=True, slots=True)
class LineAction:
    """What can be done next with a line, or where it stands; texts are already in words.

    `status` says where it stands ("Voucher issued"), `label` and `url` what to do; either may be
    empty. `primary` marks the one next step, `urgent` one that comes before all others.
    """

    plan_line_id: UUID
    label: str = ""
    url: str = ""
    status: str = ""
    tone: str = "grey"
    primary: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """What approved providers ask for one unit: half of them at most `middle`."""

    lowest: Money
    middle: Money
    highest: Money
    offerings: int


@dataclass(frozen=True, slots=True)
class PricesAsked:
    """What is asked for a service by its unit and in one currency, everywhere and in a district.

    `nearby` is None where nobody offers it in the district at a place that everybody may know.
    """

    category: ServiceCategory
    unit: Unit
    everywhere: Spread
    nearby: Spread | None = None

    def are_above(self, line: PlanLine) -> bool:
        """Whether everybody asks more than is planned for one unit of this line."""
        return line.unit_price < self.everywhere.lowest

    def are_of(self, line: PlanLine) -> bool:
        """Whether these are prices of this service, as it is counted and paid."""
        currency = self.everywhere.lowest.currency
        return (self.category, self.unit, currency) == (line.category, line.unit, line.currency)


prices_asked = Port[[Session, Collection[ServiceCategory], str | None, date], list[PricesAsked]](
    "what approved providers ask for services on a day, in a district and everywhere"
)
budget_lines_to_plan_with = Port[[Session, Actor, str, date], list[BudgetChoice]](
    "the budget lines in a currency that somebody may plan with on a day"
)
budget_lines_called = Port[[Session, Collection[UUID]], dict[UUID, str]](
    "what budget lines are called, those that are closed too"
)
budget_line_codes = Port[[Session, Collection[UUID]], dict[UUID, str]](
    "by which code tables name budget lines, those that are closed too"
)
money_of_case = Port[[Session, UUID], list[LineMoney]](
    "the money of each line of a case that any money was promised on"
)
promised_on = Port[[Session, PlanLine], list[Money]](
    "all that was ever promised on a line and still counts"
)
units_promised_on = Port[[Session, PlanLine], int](
    "how many units of a line are on vouchers or delivered"
)
open_on_line = Poll[[Session, PlanLine], str](
    "sentences about what is open on a line, so that it cannot be taken out"
)


def helped(case: CaseFile) -> Helped:
    """Return what money may ask about the person of a case."""
    return alike(Helped, case)


def wanted_in(case: CaseFile, step: Milestone, *services: ServiceCategory, on: date) -> Wanted:
    """Return what services of a step want of a budget line, as it is planned on a day."""
    first = max(on, step.starts_on)
    return Wanted(services, helped(case), first, max(first, step.due_on), wholly=False)


def budget_choices(
    session: Session, actor: Actor, on: date, currencies: Sequence[str] = CURRENCIES
) -> dict[UUID, BudgetChoice]:
    """Return every budget line in these currencies that the actor may plan with, by its id."""
    return {
        choice.id: choice
        for currency in currencies
        for choice in budget_lines_to_plan_with(session, actor, currency, on)
    }


def money_of_lines(session: Session, case_id: UUID) -> dict[UUID, LineMoney]:
    """Return the money of each line of a case that any money was promised on."""
    return {item.plan_line_id: item for item in money_of_case(session, case_id)}


def committed(session: Session, line: PlanLine) -> Money:
    """Return what was promised on a line, in its currency."""
    return total(promised_on(session, line), line.currency)
