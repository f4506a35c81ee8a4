"""What a provider is told: these fields and no others, kept as the receipt of the disclosure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from providers.directory.models import Offering
from reintegration.cases.models import CaseFile
from reintegration.cases.states import ContactChannel
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the case manager asks for, beside the facts of the case."""

    units: int
    starts_on: date
    note: str = ""


def build(
    case: CaseFile,
    offering: Offering,
    *,
    pseudonym: str,
    contact: tuple[ContactChannel, str],
    asked: Asked,
    today: date,
) -> dict[str, Any]:
    """Return the disclosure; raise Invalid when the note is too long.

    The number of children stands in it only where the service must make room for them `today`;
    `contact` is the way to be in touch that the person agreed to, and its hours.
    """
    note = " ".join(asked.note.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid(
            N_("The note may have %(limit)s characters."),
            code="note",
            field="note",
            limit=LONGEST_NOTE,
        )
    children_come = offering.category.on(today).children_come
    with_children = case.dependants and children_come
    channel, hours = contact
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
        "contact_channel": channel,
        "contact_hours": hours,
        "note": note,
    }


def without_contact(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was told, without a way to be in touch."""
    return {**told, "contact_channel": ContactChannel.NONE, "contact_hours": ""}


def tells_contact(told: Mapping[str, Any]) -> bool:
    """Whether a way to be in touch was told."""
    return bool(told.get("contact_channel") != ContactChannel.NONE)
