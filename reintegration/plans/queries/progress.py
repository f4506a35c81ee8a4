"""How far a service and a step have come, from what was delivered. Pure."""

import re

from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_
from reintegration.plans.models import Milestone, PlanLine

_AUTOMATIC = re.compile(r"auto:(\d+)/(\d+)")


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
