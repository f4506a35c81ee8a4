"""The states and code lists of the directory."""

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Jurisdiction(Worded):
    """Which law and which identifiers apply."""

    RIGHT_BANK = "right_bank", N_("Right bank of the Nistru")
    LEFT_BANK = "left_bank", N_("Left bank of the Nistru")
    ABROAD = "abroad", N_("Another country")


class OfferingState(Worded):
    """The vetting of one offering at one site."""

    DRAFT = "draft", N_("Draft"), "grey"
    SUBMITTED = "submitted", N_("Waiting for a check"), "gold"
    INFO_REQUESTED = "info_requested", N_("Waiting for the provider"), "gold"
    PENDING_APPROVAL = "pending_approval", N_("Waiting for approval"), "sky"
    APPROVED = "approved", N_("Approved"), "moss"
    REJECTED = "rejected", N_("Rejected"), "clay"
    SUSPENDED = "suspended", N_("Suspended"), "clay"
    EXPIRED = "expired", N_("Expired"), "clay"
    WITHDRAWN = "withdrawn", N_("No longer offered"), "grey"


class DocumentKind(Worded):
    """What is checked; each has its own term."""

    REGISTRATION = "registration", N_("State registration")
    ACCREDITATION = "accreditation", N_("Accreditation of social services")
    LICENCE = "licence", N_("Professional licence")
    PSEA = "psea", N_("Protection from exploitation and abuse")
    SAFEGUARDING = "safeguarding", N_("Safeguarding policy")
    FRAMEWORK_AGREEMENT = "framework_agreement", N_("Framework agreement and prices")
    FIRE_SAFETY = "fire_safety", N_("Fire and sanitary permits")


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
