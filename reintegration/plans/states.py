"""The states and code lists of casework."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reintegration.codelists.people import Sex
from reintegration.codelists.service_categories import Proof
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money


class CaseState(StrEnum):
    """Where a case stands (subset of HTCDS and Primero's workflow)."""

    INTAKE = "intake"
    ACTIVE = "active"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


class ClosureReason(StrEnum):
    """Why a case is closed (IOM, reintegration handbook 2.7)."""

    GOALS_ACHIEVED = "goals_achieved"
    PARTIAL = "partial"
    SUPPORT_PERIOD_ENDED = "support_period_ended"
    WITHDREW = "withdrew"
    RELOCATED = "relocated"
    TRANSFERRED = "transferred"
    LOST_CONTACT = "lost_contact"
    DIED = "died"


class MemberRole(StrEnum):
    """Why a person is on a case."""

    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    CO_WORKER = "co_worker"


class IdentificationStatus(StrEnum):
    """What a deciding body said. It never decides who is helped."""

    POTENTIAL = "potential_victim"
    PRESUMED = "presumed_victim"
    IDENTIFIED = "identified_victim"
    PENDING = "pending"


class ConsentScope(StrEnum):
    """What a person agrees to, one by one."""

    CASE_MANAGEMENT = "case_management"
    SHARE_WITH_PROVIDER = "share_with_provider"
    ANONYMISED_STATISTICS = "anonymised_statistics"
    CONTACT = "contact"


class ConsentMode(StrEnum):
    """How consent was given."""

    WRITTEN = "written"
    ORAL = "oral"


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


class NoteKind(StrEnum):
    """What a note is about."""

    CONTACT = "contact"
    OBSERVATION = "observation"
    DECISION = "decision"


class ContactChannel(StrEnum):
    """How a person may be reached safely."""

    NONE = "none"
    PHONE = "phone"
    SMS = "sms"
    IN_PERSON = "in_person"


CONSENT_TEXT_VERSION = "2026-11"

SCOPE_LABELS: dict[ConsentScope, str] = {
    ConsentScope.CASE_MANAGEMENT: N_("Keeping a file and working on the plan together"),
    ConsentScope.SHARE_WITH_PROVIDER: N_("Telling a provider what it needs for one service"),
    ConsentScope.ANONYMISED_STATISTICS: N_("Counting in statistics that name nobody"),
    ConsentScope.CONTACT: N_("Being contacted in the agreed way"),
}

SCOPE_HINTS: dict[ConsentScope, str] = {
    ConsentScope.CASE_MANAGEMENT: N_("Without it only a code is kept, and nothing is arranged."),
    ConsentScope.SHARE_WITH_PROVIDER: N_(
        "The provider sees a made-up name, the service, the place, and what must be respected."
    ),
    ConsentScope.ANONYMISED_STATISTICS: N_("Saying no changes nothing in the help."),
    ConsentScope.CONTACT: N_("Only by the channel and at the hours that the person chose."),
}

MODE_LABELS: dict[ConsentMode, str] = {
    ConsentMode.ORAL: N_("Said aloud"),
    ConsentMode.WRITTEN: N_("Signed on paper"),
}

CASE_STATE_LABELS: dict[CaseState, str] = {
    CaseState.INTAKE: N_("Getting to know"),
    CaseState.ACTIVE: N_("Under way"),
    CaseState.FOLLOW_UP: N_("Follow-up"),
    CaseState.CLOSED: N_("Closed"),
}

CASE_STATE_TONES: dict[CaseState, str] = {
    CaseState.INTAKE: "gold",
    CaseState.ACTIVE: "sky",
    CaseState.FOLLOW_UP: "moss",
    CaseState.CLOSED: "grey",
}

CLOSURE_LABELS: dict[ClosureReason, str] = {
    ClosureReason.GOALS_ACHIEVED: N_("The goals are reached"),
    ClosureReason.PARTIAL: N_("The goals are reached in part"),
    ClosureReason.SUPPORT_PERIOD_ENDED: N_("The time of support has ended"),
    ClosureReason.WITHDREW: N_("The person no longer wants support"),
    ClosureReason.RELOCATED: N_("The person moved away"),
    ClosureReason.TRANSFERRED: N_("Another team took over"),
    ClosureReason.LOST_CONTACT: N_("Contact was lost"),
    ClosureReason.DIED: N_("The person died"),
}

MEMBER_LABELS: dict[MemberRole, str] = {
    MemberRole.MANAGER: N_("Case manager"),
    MemberRole.SUPERVISOR: N_("Supervisor"),
    MemberRole.CO_WORKER: N_("Co-worker"),
}

SEX_LABELS: dict[Sex, str] = {
    Sex.FEMALE: N_("Woman"),
    Sex.MALE: N_("Man"),
    Sex.UNSPECIFIED: N_("Not said"),
}

NOTE_KIND_LABELS: dict[NoteKind, str] = {
    NoteKind.CONTACT: N_("Contact"),
    NoteKind.OBSERVATION: N_("Observation"),
    NoteKind.DECISION: N_("Decision"),
}

CHANNEL_LABELS: dict[ContactChannel, str] = {
    ContactChannel.NONE: N_("Do not contact"),
    ContactChannel.PHONE: N_("Phone call"),
    ContactChannel.SMS: N_("Text message"),
    ContactChannel.IN_PERSON: N_("Only in person"),
}

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
CONSENT_FOR = timedelta(days=365)
"""How long a consent holds at most; the person may choose less."""

# What the history of a case shows, in words. Floors above have histories of their own.
HAPPENED: dict[str, str] = {
    "case:register": N_("The case was opened"),
    "case:edit": N_("Facts were changed"),
    "case:activate": N_("Work on the plan began"),
    "case:follow_up": N_("Follow-up began"),
    "case:close": N_("The case was closed"),
    "case:reopen": N_("The case was opened again"),
    "case:hand_over": N_("The case was handed over to another case manager"),
    "case:add_member": N_("Somebody joined the team"),
    "case:remove_member": N_("Somebody left the team"),
    "identity:store": N_("Name and details were written down"),
    "identity:read": N_("Name and details were read"),
    "identity:ask_erasure": N_("Somebody asked to erase name and details"),
    "identity:decline_erasure": N_("Name and details are kept: they were not erased"),
    "identity:erase": N_("Name and details were erased for good"),
    "consent:record": N_("Consent was given"),
    "consent:withdraw": N_("Consent was withdrawn"),
    "note:write": N_("A note was written"),
    "emergency:start": N_("Emergency help was started"),
    "emergency:ratify": N_("Emergency help was ratified"),
    "emergency:refuse": N_("Emergency help was refused"),
    "plan:submit": N_("The plan was submitted"),
    "plan:approve": N_("The plan was approved"),
    "plan:return": N_("The plan was returned"),
}

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

PLAN_CURRENCIES = ("MDL", "EUR", "USD")
"""The currencies that a planned service may be agreed in: those of the budget lines."""
REVIEW_AFTER = timedelta(days=30)
"""An approved plan is looked at again with the person after this time."""
REMIND_BEFORE = timedelta(days=7)
"""How long before its day a milestone is brought to mind."""
HIGHEST_CEILING_MINOR = 1_000_000_000
"""The most that one planned service may cost, in minor units."""
