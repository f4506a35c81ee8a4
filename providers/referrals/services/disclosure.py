"""What a provider is told: these fields and no others, kept as the receipt of the disclosure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from providers.directory.models import Offering
from reintegration.cases.models import CaseFile
from reintegration.cases.states import ContactChannel
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.errors import N_, Invalid

LONGEST_NOTE = 300

FIELDS = (
    "pseudonym",
    "service",
    "category",
    "unit",
    "units",
    "price_minor",
    "currency",
    "starts_on",
    "place",
    "language",
    "access_needs",
    "children",
    "contact_channel",
    "contact_hours",
    "note",
)
"""Everything that a disclosure may hold, in the order in which it is shown."""

_CHILDREN_MATTER = frozenset(
    {
        ServiceCategory.SHELTER,
        ServiceCategory.RENTED_HOUSING,
        ServiceCategory.CHILDCARE,
        ServiceCategory.TRANSPORT,
        ServiceCategory.FAMILY_MEDIATION,
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the case manager asks for, beside the facts of the case."""

    units: int
    starts_on: date
    note: str = ""


def build(case: CaseFile, offering: Offering, *, pseudonym: str, asked: Asked) -> dict[str, Any]:
    """Return the disclosure; raise Invalid when the note is too long.

    The number of children stands in it only where the service must make room for them, and the
    hours only where there is a safe way to be in touch.
    """
    note = " ".join(asked.note.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid(
            N_("The note may have %(limit)s characters."),
            code="note",
            field="note",
            limit=LONGEST_NOTE,
        )
    with_children = case.dependants and offering.category in _CHILDREN_MATTER
    silent = case.contact_channel == ContactChannel.NONE
    return {
        "pseudonym": pseudonym,
        "service": offering.name,
        "category": offering.category,
        "unit": offering.unit,
        "units": asked.units,
        "price_minor": offering.price_minor,
        "currency": offering.currency,
        "starts_on": asked.starts_on.isoformat(),
        "place": offering.site.name,
        "language": case.language,
        "access_needs": sorted(case.access_needs),
        "children": case.dependants if with_children else None,
        "contact_channel": case.contact_channel,
        "contact_hours": "" if silent else case.contact_hours,
        "note": note,
    }
