"""The states and code lists of providers."""

from enum import StrEnum

from reintegration.kernel.errors import N_


class Jurisdiction(StrEnum):
    """Which law and which identifiers apply."""

    RIGHT_BANK = "right_bank"
    LEFT_BANK = "left_bank"
    ABROAD = "abroad"


class OfferingState(StrEnum):
    """The vetting of one offering at one site."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class DocumentKind(StrEnum):
    """What is checked; each has its own term."""

    REGISTRATION = "registration"
    ACCREDITATION = "accreditation"
    LICENCE = "licence"
    PSEA = "psea"
    SAFEGUARDING = "safeguarding"
    FRAMEWORK_AGREEMENT = "framework_agreement"
    FIRE_SAFETY = "fire_safety"


class ReferralState(StrEnum):
    """HL7 SDOH Clinical Care: the Task for referral management, in our words."""

    DRAFT = "draft"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RejectionReason(StrEnum):
    """Why a provider says no."""

    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    CANNOT_MEET_NEEDS = "cannot_meet_needs"
    PRICE = "price"
    OTHER = "other"


DOCUMENT_LABELS: dict[DocumentKind, str] = {
    DocumentKind.REGISTRATION: N_("State registration"),
    DocumentKind.ACCREDITATION: N_("Accreditation of social services"),
    DocumentKind.LICENCE: N_("Professional licence"),
    DocumentKind.PSEA: N_("Protection from exploitation and abuse"),
    DocumentKind.SAFEGUARDING: N_("Safeguarding policy"),
    DocumentKind.FRAMEWORK_AGREEMENT: N_("Framework agreement and prices"),
    DocumentKind.FIRE_SAFETY: N_("Fire and sanitary permits"),
}
