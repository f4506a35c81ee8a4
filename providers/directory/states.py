"""The states and code lists of the directory."""

from enum import StrEnum

from reintegration.codelists.service_categories import ServiceCategory
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


DOCUMENT_LABELS: dict[DocumentKind, str] = {
    DocumentKind.REGISTRATION: N_("State registration"),
    DocumentKind.ACCREDITATION: N_("Accreditation of social services"),
    DocumentKind.LICENCE: N_("Professional licence"),
    DocumentKind.PSEA: N_("Protection from exploitation and abuse"),
    DocumentKind.SAFEGUARDING: N_("Safeguarding policy"),
    DocumentKind.FRAMEWORK_AGREEMENT: N_("Framework agreement and prices"),
    DocumentKind.FIRE_SAFETY: N_("Fire and sanitary permits"),
}

JURISDICTION_LABELS: dict[Jurisdiction, str] = {
    Jurisdiction.RIGHT_BANK: N_("Right bank of the Nistru"),
    Jurisdiction.LEFT_BANK: N_("Left bank of the Nistru"),
    Jurisdiction.ABROAD: N_("Another country"),
}
OFFERING_LABELS: dict[OfferingState, str] = {
    OfferingState.DRAFT: N_("Draft"),
    OfferingState.SUBMITTED: N_("Waiting for a check"),
    OfferingState.INFO_REQUESTED: N_("Waiting for the provider"),
    OfferingState.PENDING_APPROVAL: N_("Waiting for approval"),
    OfferingState.APPROVED: N_("Approved"),
    OfferingState.REJECTED: N_("Rejected"),
    OfferingState.SUSPENDED: N_("Suspended"),
    OfferingState.EXPIRED: N_("Expired"),
    OfferingState.WITHDRAWN: N_("No longer offered"),
}
OFFERING_TONES: dict[OfferingState, str] = {
    OfferingState.DRAFT: "grey",
    OfferingState.SUBMITTED: "gold",
    OfferingState.INFO_REQUESTED: "gold",
    OfferingState.PENDING_APPROVAL: "sky",
    OfferingState.APPROVED: "moss",
    OfferingState.REJECTED: "clay",
    OfferingState.SUSPENDED: "clay",
    OfferingState.EXPIRED: "clay",
    OfferingState.WITHDRAWN: "grey",
}

_FOR_ALL = frozenset({DocumentKind.REGISTRATION, DocumentKind.FRAMEWORK_AGREEMENT})
_SOCIAL = frozenset({DocumentKind.ACCREDITATION})
_PROTECTION = frozenset({DocumentKind.PSEA, DocumentKind.SAFEGUARDING})
_BY_CATEGORY: dict[ServiceCategory, frozenset[DocumentKind]] = {
    ServiceCategory.SHELTER: _SOCIAL | _PROTECTION,
    ServiceCategory.CHILDCARE: _SOCIAL | _PROTECTION,
    ServiceCategory.SOCIAL_PROTECTION: _SOCIAL,
    ServiceCategory.FAMILY_MEDIATION: _SOCIAL,
    ServiceCategory.MEDICAL: frozenset({DocumentKind.LICENCE}),
    ServiceCategory.MENTAL_HEALTH: frozenset({DocumentKind.LICENCE}),
}


def required_documents(category: ServiceCategory | str) -> frozenset[DocumentKind]:
    """Return the kinds of documents without which a service of `category` is not approved."""
    return _FOR_ALL | _BY_CATEGORY.get(ServiceCategory(category), frozenset())
