"""What the floors above know about planned services, and how to ask them.

Plans stand below vouchers and providers. Each question is a data slot; the answer is a list of
the values below, given by whoever fills the slot. Nobody answering means nothing is there.

    plan.budget_lines    (actor, currency) → BudgetChoice: where a service can be paid from
    plan.money           (case_id)         → LineMoney: what was paid, delivered, committed
    plan_line.actions    (case, lines, actor) → LineAction: what can be done next, for all lines
    plan_line.exposure   (line) → sentences: what is open, so that the line cannot be taken out
    plan_line.committed  (line) → Money: all that was ever promised on it and still counts
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reintegration.cases.models import CaseFile
from reintegration.kernel.actor import Actor
from reintegration.kernel.money import Money, total
from reintegration.plans.models import PlanLine
from reintegration.plans.states import PLAN_CURRENCIES
from reintegration.web import slots


@dataclass(frozen=True, slots=True)
class BudgetChoice:
    """A budget line to choose, with what is free on it; `label` is shown as it stands."""

    id: UUID
    label: str
    free: Money


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
    empty. `primary` marks the one next step.
    """

    plan_line_id: UUID
    label: str = ""
    url: str = ""
    status: str = ""
    tone: str = "grey"
    primary: bool = False


def budget_choices(
    actor: Actor, currencies: Sequence[str] = PLAN_CURRENCIES
) -> dict[UUID, BudgetChoice]:
    """Return every budget line in these currencies that the actor may plan with, by its id."""
    return {
        choice.id: choice
        for currency in currencies
        for choice in slots.collect("plan.budget_lines", actor=actor, currency=currency)
    }


def money_of_lines(case_id: UUID) -> dict[UUID, LineMoney]:
    """Return the money of each line of a case that any money was promised on."""
    return {item.plan_line_id: item for item in slots.collect("plan.money", case_id=case_id)}


def actions_of_lines(
    case: CaseFile, lines: Sequence[PlanLine], actor: Actor
) -> dict[UUID, list[LineAction]]:
    """Return what can be done with each line; asked once for all of them."""
    found: dict[UUID, list[LineAction]] = defaultdict(list)
    for item in slots.collect("plan_line.actions", case=case, lines=lines, actor=actor):
        found[item.plan_line_id].append(item)
    return found


def exposure(line: PlanLine) -> list[str]:
    """Return sentences about what is open on a line; empty when it can be taken out."""
    return [str(sentence) for sentence in slots.collect("plan_line.exposure", line=line)]


def committed(line: PlanLine) -> Money:
    """Return what was promised on a line, in its currency."""
    return total(slots.collect("plan_line.committed", line=line), line.currency)
