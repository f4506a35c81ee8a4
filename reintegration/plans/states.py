"""The states and code lists of casework."""

from enum import StrEnum

from reintegration.kernel.errors import N_


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
