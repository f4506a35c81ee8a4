"""How far a service and a step have come, from what was delivered. Pure."""

import re
from dataclasses import dataclass

from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.plans.models import Milestone, PlanLine

_AUTOMATIC = re.compile(r"auto:(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to come of a service: units, the price of one, the most that it may cost."""

    units: int
    unit_price: Money
    ceiling: Money


def is_value(line: PlanLine) -> bool:
    """Whether a line is money up to a sum, counted in minor units."""
    return line.unit == Unit.AMOUNT


def planned_count(line: PlanLine) -> int:
    """Return what is to be delivered: units, or minor units; before approval, what is planned."""
    if is_value(line):
        return line.approved_ceiling_minor or line.ceiling_minor
    return line.approved_units or line.units


def delivered_count(line: PlanLine) -> int:
    """Return what was delivered, in the same measure as `planned_count`."""
    if line.delivery is None:
        return 0
    return line.delivery.amount_minor if is_value(line) else line.delivery.units


def is_delivered(line: PlanLine) -> bool:
    """Whether everything that was approved on a line is delivered."""
    return line.is_approved and delivered_count(line) >= planned_count(line)


def left_of(line: PlanLine) -> Left | None:
    """Return what is still to come of a service as it is planned now; None where nothing is.

    What is promised by a voucher is still to come: it may never be delivered.
    """
    spent = Money(line.delivery.amount_minor if line.delivery else 0, line.currency)
    units, price = line.units - delivered_count(line), line.unit_price
    if is_value(line):
        units, price = line.units, line.unit_price - spent
    if units < 1 or price.minor < 1:
        return None
    return Left(units, price, max(line.ceiling - spent, price * units))


def automatic_evidence(delivered: int, planned: int) -> str:
    """Return the evidence that a job writes; `evidence_of` puts it into words."""
    return f"auto:{delivered}/{planned}"


def is_automatic(milestone: Milestone) -> bool:
    """Whether a job completed the milestone, and not a person."""
    return _AUTOMATIC.fullmatch(milestone.evidence) is not None


def evidence_of(milestone: Milestone) -> tuple[str, dict[str, str]]:
    """Return the evidence as a source string with its parameters; a person's words as they are."""
    found = _AUTOMATIC.fullmatch(milestone.evidence)
    if found is None:
        return "%(words)s", {"words": milestone.evidence}
    return (
        N_("Every planned service was delivered (%(delivered)s of %(planned)s)."),
        {"delivered": found[1], "planned": found[2]},
    )
