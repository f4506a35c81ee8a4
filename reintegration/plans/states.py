"""The states, code lists and limits of plans and of the emergency start."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.money import Money
from reintegration.kernel.rule_kinds import Amount, Count, Days, Hours, Part, Record
from reintegration.kernel.words import Worded


class Priority(Worded):
    """How soon a need must be met."""

    URGENT = N_("Urgent"), "clay"
    HIGH = N_("High"), "gold"
    MEDIUM = N_("Medium"), "sky"
    LOW = N_("Low"), "grey"


PRIORITIES_THAT_NEED_A_GOAL = frozenset({Priority.HIGH, Priority.URGENT})


class PlanState(Worded):
    """Where a plan stands. `approved` names the last approved version; edits make it `changed`."""

    DRAFT = N_("Being written"), "grey"
    SUBMITTED = N_("Waits for a decision"), "gold"
    APPROVED = N_("Approved"), "moss"
    CHANGED = N_("Changed since approval"), "sky"
    CLOSED = N_("Closed"), "grey"


class VersionState(Worded):
    """What became of a submitted version."""

    SUBMITTED = N_("Waits for a decision"), "gold"
    APPROVED = N_("Approved"), "moss"
    RETURNED = N_("Returned"), "clay"
    WITHDRAWN = N_("Withdrawn"), "grey"


class MilestoneState(Worded):
    """Where a milestone stands (OpenSPP's list); lateness is derived from the date."""

    PLANNED = N_("Planned"), "grey"
    IN_PROGRESS = N_("In progress"), "sky"
    COMPLETED = N_("Reached"), "moss"
    NOT_COMPLETED = N_("Not reached"), "clay"
    CANCELLED = N_("Dropped"), "grey"


OPEN_MILESTONE_STATES = frozenset({MilestoneState.PLANNED, MilestoneState.IN_PROGRESS})


class LineOrigin(StrEnum):
    """By what authority a plan line may be spent."""

    PLAN = "plan"
    EMERGENCY = "emergency"


class EmergencyState(Worded):
    """Whether a second person ratified an emergency start."""

    PENDING = N_("Waits for a second person"), "gold"
    RATIFIED = N_("Ratified"), "moss"
    REFUSED = N_("Refused"), "clay"


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
    remind_after: timedelta
    consent_for: timedelta


def refuse_late_reminder(allowance: EmergencyAllowance, field: str) -> None:
    """Raise Invalid where nobody would be reminded before the time to decide is over."""
    if allowance.remind_after >= allowance.ratify_within:
        raise Invalid(
            N_("Remind before the time to decide is over."), field=f"{field}_remind_after"
        )


EMERGENCY_ALLOWANCE = DatedRule(
    code="plans.emergency_allowance",
    title=N_("Emergency allowance"),
    says=N_(
        "What one worker may promise alone, once per case, until a second person decides on it."
    ),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Record(
        EmergencyAllowance,
        {
            "ceiling": Part(N_("At most, all together"), Amount("MDL")),
            "nights": Part(N_("Nights"), Count(0, 14)),
            "night_price": Part(N_("Highest price of a night"), Amount("MDL")),
            "rides": Part(N_("Rides"), Count(0, 20)),
            "ride_price": Part(N_("Highest price of a ride"), Amount("MDL")),
            "ratify_within": Part(N_("A second person decides within"), Hours(24, 168)),
            "remind_after": Part(N_("Supervisors are reminded after"), Hours(1, 168)),
            "consent_for": Part(N_("A consent given at night holds for"), Days(3, 30)),
        },
        refuse_late_reminder,
    ),
    initially=EmergencyAllowance(
        ceiling=Money(300_000, "MDL"),
        nights=3,
        night_price=Money(40_000, "MDL"),
        rides=4,
        ride_price=Money(25_000, "MDL"),
        ratify_within=timedelta(hours=72),
        remind_after=timedelta(hours=48),
        consent_for=timedelta(days=30),
    ),
)
REVIEW_AFTER = DatedRule(
    code="plans.review_after",
    title=N_("A plan is gone through again after"),
    says=N_("An approved plan is looked at again with the person after this time."),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Days(7, 180),
    initially=timedelta(days=30),
)
NEXT_REVIEW_WITHIN = DatedRule(
    code="plans.next_review_within",
    title=N_("The next review lies at most ahead by"),
    says=N_("How far ahead the next review of a plan may be set."),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Days(30, 730),
    initially=timedelta(days=365),
)
LONGEST_WORDS, LONGEST_GOAL, LONGEST_STEP, LONGEST_REMARK = 500, 200, 120, 200
"""How many letters needs, own words, reasons and evidence have at most; goals; steps; services."""
MOST_UNITS = 10_000
"""How many units a planned service has at most."""
LONGEST_RESULT = 500
"""How many letters the result of a review has at most."""
REMIND_BEFORE = DatedRule(
    code="plans.remind_before",
    title=N_("A step is brought to mind"),
    says=N_("How long before its day a step of a plan is brought to mind."),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 60),
    initially=timedelta(days=7),
)
HIGHEST_CEILING_MINOR = 1_000_000_000
"""The most that one planned service may cost, in minor units."""


HAPPENED: dict[str, str] = {
    "emergency:start": N_("Emergency help was started"),
    "emergency:ratify": N_("Emergency help was ratified"),
    "emergency:refuse": N_("Emergency help was refused"),
    "plan:submit": N_("The plan was submitted"),
    "plan:approve": N_("The plan was approved"),
    "plan:return": N_("The plan was returned"),
    "plan:review": N_("The plan was gone through with the person"),
}
"""What the history of a case says of plans and emergency help."""
