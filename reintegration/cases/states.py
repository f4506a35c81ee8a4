"""The states and code lists of case files, consent and the vault."""

from datetime import timedelta
from enum import StrEnum

from reintegration.codelists.people import Sex
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
}
