"""The states and code lists of the directory."""

from datetime import date

from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded

LONGEST_NAME, LONGEST_SITE, LONGEST_LOCALITY, LONGEST_PHONE = 160, 120, 120, 40
"""How many letters the name of a provider or a service has at most; of a site; and the others."""


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


def required_documents(
    category: ServiceCategory, of_all: frozenset[DocumentKind], day: date
) -> frozenset[DocumentKind]:
    """Return the documents of a service on `day`, besides those of all services there.

    Those of all are by the law that its provider stands under:
    `providers.directory.queries.checklists`.
    """
    return of_all | category.on(day).documents
