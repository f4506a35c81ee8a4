"""The states, code lists and limits of plans and of the emergency start."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reintegration.codelists.service_categories import Proof
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money


class Priority(StrEnum):
    """How soon a need must be met."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class PlanState(StrEnum):
    """Where a plan stands. `approved` names the last approved version; edits make it `changed`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CHANGED = "changed"
    CLOSED = "closed"


class VersionState(StrEnum):
    """What became of a submitted version."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class MilestoneState(StrEnum):
    """Where a milestone stands (OpenSPP's list); lateness is derived from the date."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    CANCELLED = "cancelled"


class LineOrigin(StrEnum):
    """By what authority a plan line may be spent."""

    PLAN = "plan"
    EMERGENCY = "emergency"


class EmergencyState(StrEnum):
    """Whether a second person ratified an emergency start."""

    PENDING = "pending"
    RATIFIED = "ratified"
    REFUSED = "refused"


EMERGENCY_STATE_LABELS: dict[EmergencyState, str] = {
    EmergencyState.PENDING: N_("Waits for a second person"),
    EmergencyState.RATIFIED: N_("Ratified"),
    EmergencyState.REFUSED: N_("Refused"),
}

EMERGENCY_STATE_TONES: dict[EmergencyState, str] = {
    EmergencyState.PENDING: "gold",
    EmergencyState.RATIFIED: "moss",
    EmergencyState.REFUSED: "clay",
}


@dataclass(frozen=True, slots=True)
class EmergencyAllowance:
    """What one worker may promise alone, once per case, until a second person ratifies it.

    The prices are the highest that a night or a ride may cost; the agreed price is usually lower.
    """

    ceiling: Money
    nights: int
    night_price: Money
    rides: int
    ride_price: Money
    ratify_within: timedelta
    remind_after: tuple[timedelta, ...]
    consent_for: timedelta


EMERGENCY_ALLOWANCE = EmergencyAllowance(
    ceiling=Money(300_000, "MDL"),
    nights=3,
    night_price=Money(40_000, "MDL"),
    rides=4,
    ride_price=Money(25_000, "MDL"),
    ratify_within=timedelta(hours=72),
    remind_after=(timedelta(hours=48), timedelta(hours=72)),
    consent_for=timedelta(days=30),
)

PRIORITY_LABELS: dict[Priority, str] = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.MEDIUM: N_("Medium"),
    Priority.LOW: N_("Low"),
}

PRIORITY_TONES: dict[Priority, str] = {
    Priority.URGENT: "clay",
    Priority.HIGH: "gold",
    Priority.MEDIUM: "sky",
    Priority.LOW: "grey",
}

PRIORITIES_THAT_NEED_A_GOAL = frozenset({Priority.HIGH, Priority.URGENT})

PLAN_STATE_LABELS: dict[PlanState, str] = {
    PlanState.DRAFT: N_("Being written"),
    PlanState.SUBMITTED: N_("Waits for a decision"),
    PlanState.APPROVED: N_("Approved"),
    PlanState.CHANGED: N_("Changed since approval"),
    PlanState.CLOSED: N_("Closed"),
}

PLAN_STATE_TONES: dict[PlanState, str] = {
    PlanState.DRAFT: "grey",
    PlanState.SUBMITTED: "gold",
    PlanState.APPROVED: "moss",
    PlanState.CHANGED: "sky",
    PlanState.CLOSED: "grey",
}

MILESTONE_STATE_LABELS: dict[MilestoneState, str] = {
    MilestoneState.PLANNED: N_("Planned"),
    MilestoneState.IN_PROGRESS: N_("In progress"),
    MilestoneState.COMPLETED: N_("Reached"),
    MilestoneState.NOT_COMPLETED: N_("Not reached"),
    MilestoneState.CANCELLED: N_("Dropped"),
}

MILESTONE_STATE_TONES: dict[MilestoneState, str] = {
    MilestoneState.PLANNED: "grey",
    MilestoneState.IN_PROGRESS: "sky",
    MilestoneState.COMPLETED: "moss",
    MilestoneState.NOT_COMPLETED: "clay",
    MilestoneState.CANCELLED: "grey",
}

OPEN_MILESTONE_STATES = frozenset({MilestoneState.PLANNED, MilestoneState.IN_PROGRESS})

UNIT_LABELS: dict[Unit, str] = {
    Unit.NIGHT: N_("Nights"),
    Unit.SESSION: N_("Sessions"),
    Unit.HOUR: N_("Hours"),
    Unit.VISIT: N_("Visits"),
    Unit.COURSE: N_("Courses"),
    Unit.DAY: N_("Days"),
    Unit.RIDE: N_("Rides"),
    Unit.MONTH: N_("Months"),
    Unit.ITEM: N_("Items"),
    Unit.AMOUNT: N_("Money, up to a sum"),
}

PROOF_LABELS: dict[Proof, str] = {
    Proof.PIN: N_("The person types a PIN"),
    Proof.STAY: N_("Arrival, weekly confirmation and departure"),
    Proof.SIGNED_LIST: N_("A signed attendance list"),
    Proof.CASE_MANAGER: N_("The case manager confirms, privately"),
}

"""The currencies that a planned service may be agreed in: those of the budget lines."""
REVIEW_AFTER = timedelta(days=30)
"""An approved plan is looked at again with the person after this time."""
REMIND_BEFORE = timedelta(days=7)
"""How long before its day a milestone is brought to mind."""
HIGHEST_CEILING_MINOR = 1_000_000_000
"""The most that one planned service may cost, in minor units."""


HAPPENED: dict[str, str] = {
    "emergency:start": N_("Emergency help was started"),
    "emergency:ratify": N_("Emergency help was ratified"),
    "emergency:refuse": N_("Emergency help was refused"),
    "plan:submit": N_("The plan was submitted"),
    "plan:approve": N_("The plan was approved"),
    "plan:return": N_("The plan was returned"),
}
"""What the history of a case says of plans and emergency help."""
