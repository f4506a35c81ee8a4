"""The states and code lists of the directory."""

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Jurisdiction(Worded):
    """Which law and which identifiers apply."""

    RIGHT_BANK = N_("Right bank of the Nistru")
    LEFT_BANK = N_("Left bank of the Nistru")
    ABROAD = N_("Another country")


class IdentifierForm(Worded):
    """How the number is written under which a provider is registered."""

    IDNO = N_("13 digits")
    FREE = N_("Any digits and letters")


class OfferingState(Worded):
    """The vetting of one offering at one site."""

    DRAFT = N_("Draft"), "grey"
    SUBMITTED = N_("Waiting for a check"), "gold"
    INFO_REQUESTED = N_("Waiting for the provider"), "gold"
    PENDING_APPROVAL = N_("Waiting for approval"), "sky"
    APPROVED = N_("Approved"), "moss"
    REJECTED = N_("Rejected"), "clay"
    SUSPENDED = N_("Suspended"), "clay"
    EXPIRED = N_("Expired"), "clay"
    WITHDRAWN = N_("No longer offered"), "grey"


class DocumentKind(Worded):
    """What is checked; each has its own term."""

    REGISTRATION = N_("State registration")
    ACCREDITATION = N_("Accreditation of social services")
    LICENCE = N_("Professional licence")
    PSEA = N_("Protection from exploitation and abuse")
    SAFEGUARDING = N_("Safeguarding policy")
    FRAMEWORK_AGREEMENT = N_("Framework agreement and prices")
    FIRE_SAFETY = N_("Fire and sanitary permits")


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


def required_documents(
    category: ServiceCategory | str, of_all: frozenset[DocumentKind]
) -> frozenset[DocumentKind]:
    """Return the documents of a service of `category`, besides those of all services there.

    Those of all are by the law that its provider stands under:
    `providers.directory.queries.checklists`.
    """
    return of_all | _BY_CATEGORY.get(ServiceCategory(category), frozenset())
