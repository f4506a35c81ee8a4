"""What a provider brings, by the law that it stands under: an institution keeps the lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from providers.directory.states import IdentifierForm, Jurisdiction, required_documents
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import codes
from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedList
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import LANGUAGES, Choice, Lines, Part, Record, Some, Texts


@dataclass(frozen=True, slots=True)
class Checklist:
    """What every provider of a jurisdiction brings, and what an officer looks at besides.

    `checks` are lines in each language, the same in each place: the officer who assesses an
    offering ticks them one by one.
    """

    documents: frozenset[DocumentKind]
    identifier: Mapping[str, str]
    form: IdentifierForm
    checks: Mapping[str, tuple[str, ...]]

    @property
    def lines(self) -> list[dict[str, str]]:
        """Return each check in the three languages."""
        told = zip(*(self.checks[language] for language in LANGUAGES), strict=True)
        return [dict(zip(LANGUAGES, line, strict=True)) for line in told]


_OF_ALL = frozenset({DocumentKind.REGISTRATION, DocumentKind.FRAMEWORK_AGREEMENT})
_NO_CHECKS: Mapping[str, tuple[str, ...]] = dict.fromkeys(LANGUAGES, ())

CHECKLISTS: DatedList[Checklist] = DatedList(
    code="checklists",
    title=N_("What providers bring, by law"),
    says=N_(
        "Which documents every provider under a law needs, what its number is, and what an officer"
        " looks at before an approval."
    ),
    area=Area.LISTS,
    decided_by=Role.SUPERVISOR,
    kind=Record(
        Checklist,
        {
            "documents": Part(
                N_("Documents of every provider"),
                Some(DocumentKind),
                N_("Besides what the kind of service needs."),
            ),
            "identifier": Part(N_("What its number is called"), Texts(longest=60)),
            "form": Part(N_("How its number is written"), Choice(IdentifierForm)),
            "checks": Part(
                N_("What an officer looks at"),
                Lines(most=12, longest=160),
                N_("One thing a line, as many lines in each language. The officer ticks each."),
            ),
        },
    ),
    initially={
        Jurisdiction.RIGHT_BANK: Checklist(
            _OF_ALL, dict.fromkeys(LANGUAGES, "IDNO"), IdentifierForm.IDNO, _NO_CHECKS
        ),
        Jurisdiction.LEFT_BANK: Checklist(
            _OF_ALL,
            {"ro": "Cod fiscal", "ru": "Фискальный код", "en": "Fiscal code"},
            IdentifierForm.FREE,
            _NO_CHECKS,
        ),
        Jurisdiction.ABROAD: Checklist(
            _OF_ALL,
            {
                "ro": "Număr din registrul țării",
                "ru": "Номер в реестре страны",
                "en": "Number in the country's register",
            },
            IdentifierForm.FREE,
            _NO_CHECKS,
        ),
    },
    fixed={one: one.label for one in Jurisdiction},
)


def checklist_of(jurisdiction: Jurisdiction, day: date) -> Checklist:
    """Return what held for a jurisdiction on `day`."""
    found = CHECKLISTS.held(day, jurisdiction)
    assert found is not None  # each jurisdiction has one from the beginning
    return found


def needed_documents(
    category: ServiceCategory, jurisdiction: Jurisdiction, day: date
) -> frozenset[DocumentKind]:
    """Return the kinds of documents without which a service is not approved on `day`."""
    return required_documents(category, checklist_of(jurisdiction, day).documents, day)


def read_identifier(text: str, jurisdiction: Jurisdiction, day: date) -> str:
    """Return a provider's number as it is kept; raise Invalid where it has another form."""
    if checklist_of(jurisdiction, day).form is IdentifierForm.IDNO:
        return codes.idno(text)
    return text
