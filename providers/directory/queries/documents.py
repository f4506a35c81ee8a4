"""Which documents an offering needs, and how each stands today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from providers.directory.models import Offering, VettingDocument
from providers.directory.queries.checklists import needed_documents
from reintegration.codelists.documents import DocumentKind
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import Days
from reintegration.kernel.words import Worded

_SOON = timedelta(days=30)
PLACES_HOLD_FOR = DatedRule(
    code="directory.places_hold_for",
    title=N_("A number of free places is relied on for"),
    says=N_("After this time a match warns that the number is old."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 180),
    initially=timedelta(days=30),
)


def is_old(said_on: date, today: date) -> bool:
    """Whether a number of free places was said too long ago to rely on it."""
    return today - said_on > PLACES_HOLD_FOR.on(today)


class DocumentStatus(Worded):
    """How a required document stands."""

    VALID = N_("Valid"), "moss"
    SOON = N_("Ends soon"), "gold"
    EXPIRED = N_("Expired"), "clay"
    UNCHECKED = N_("Not checked"), "gold"
    MISSING = N_("Missing"), "clay"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One required document: the best that there is of its kind, or none."""

    kind: DocumentKind
    status: DocumentStatus
    document: VettingDocument | None

    @property
    def label(self) -> str:
        """Return the source string of the document's kind."""
        return self.kind.label

    @property
    def holds(self) -> bool:
        """Whether it carries an approval today."""
        return self.status in (DocumentStatus.VALID, DocumentStatus.SOON)


def status_of(document: VettingDocument | None, today: date) -> DocumentStatus:
    """Return how a document stands; one without a term does not expire."""
    if document is None:
        return DocumentStatus.MISSING
    if document.checked_at is None:
        return DocumentStatus.UNCHECKED
    if document.expires_on is None or document.expires_on > today + _SOON:
        return DocumentStatus.VALID
    return DocumentStatus.SOON if document.expires_on >= today else DocumentStatus.EXPIRED


def best_of(documents: Iterable[VettingDocument]) -> dict[DocumentKind, VettingDocument]:
    """Return the document of each kind that is checked and lasts longest."""
    ranked = sorted(
        documents, key=lambda held: (held.checked_at is not None, held.expires_on or date.max)
    )
    return {held.kind: held for held in ranked}


def checklist(
    offering: Offering, documents: Iterable[VettingDocument], today: date
) -> list[CheckItem]:
    """Return the documents that an offering needs for an approval today, in a stable order."""
    best = best_of(documents)
    needed = needed_documents(offering.category, offering.provider.jurisdiction, today)
    return [
        CheckItem(kind, status_of(best.get(kind), today), best.get(kind))
        for kind in DocumentKind
        if kind in needed
    ]


def documents_end(offering: Offering, documents: Iterable[VettingDocument]) -> date | None:
    """Return the last day on which the required documents that there are all hold; None: no end.

    Those that were required when it was approved: what a list asks for since then ends nothing.
    Nor does one that is missing: an approval cannot begin without it.
    """
    best = best_of(documents)
    judged_on = local_day(offering.approved_at or now())
    kinds = needed_documents(offering.category, offering.provider.jurisdiction, judged_on)
    needed = (best.get(kind) for kind in kinds)
    return min(
        (held.expires_on for held in needed if held is not None and held.expires_on is not None),
        default=None,
    )
