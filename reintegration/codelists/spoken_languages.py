"""The languages that people speak: of a person, of a service, of an interpreter.

An institution adds one as people come who speak it. In which languages pages and texts are written
is another question: `reintegration.codelists.languages`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import Role
from reintegration.kernel.bounded import count
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.dated_rules import Area, Coming, DatedList
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.hooks import Change
from reintegration.kernel.rule_kinds import Choice, Part, Record, Texts, Yes

FEW = 5
_ISO_639 = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its name, in which language its speakers get what is written, if it is offered.

    One that is not `in_use` stays where somebody chose it before, and is offered to nobody else.
    """

    name: Mapping[str, str]
    written_in: Locale
    in_use: bool = True


def _fits(entry: str, _value: Language, _field: str) -> None:
    if not _ISO_639.fullmatch(entry):
        raise Invalid(
            N_("Write the code of ISO 639: two or three small letters, such as uk."), field="entry"
        )


SPOKEN: DatedList[Language] = DatedList(
    code="languages",
    title=N_("Languages of people"),
    says=N_("Which languages can be chosen for a person, for a service and for an interpreter."),
    area=Area.LISTS,
    decided_by=Role.SUPERVISOR,
    kind=Record(
        Language,
        {
            "name": Part(N_("Name"), Texts(longest=60)),
            "written_in": Part(
                N_("Written texts in"),
                Choice(Locale),
                N_("In which language a person who speaks it gets vouchers and plans on paper."),
            ),
            "in_use": Part(
                N_("In use"),
                Yes(),
                N_("Otherwise it is not offered any more, and stays where it was chosen."),
            ),
        },
    ),
    initially={
        "ro": Language({"ro": "Română", "ru": "Румынский", "en": "Romanian"}, Locale.RO),
        "ru": Language({"ro": "Rusă", "ru": "Русский", "en": "Russian"}, Locale.RU),
        "en": Language({"ro": "Engleză", "ru": "Английский", "en": "English"}, Locale.EN),
    },
    fits=_fits,
)


def offered(day: date, kept: Collection[str] = ()) -> dict[str, Language]:
    """Return what can be chosen on `day`, by code; what was chosen before, `kept`, stays."""
    found = SPOKEN.on(day)
    return {code: one for code, one in found.items() if one.in_use or code in kept}


def refuse_unused(
    codes: Iterable[str], *, day: date, field: str, kept: Collection[str] = ()
) -> None:
    """Raise Invalid for a language that is not offered on `day` and was not chosen before."""
    if not set(codes) <= offered(day, kept).keys():
        raise Invalid(N_("This language is not offered. Choose one of the list."), field=field)


def speaking(message: str, of_few: str, rows: Callable[[Coming[Any]], Select[Any]]) -> None:
    """Say in the preview how many rows name a language; of a few, nobody learns how few."""

    def preview(session: Session, coming: Coming[Any]) -> list[Change]:
        found = count(session, rows(coming))
        if 0 < found < FEW:
            return [Change(of_few, FEW, {})]
        return [Change(message, found, {})]

    SPOKEN.preview_with(preview)


def name_of(code: str, reader: str) -> str:
    """Return what a language is called today, in the reader's; its code where nobody knows it."""
    found = SPOKEN.held(local_day(now()), code)
    return code if found is None else found.name[reader]


def written_in(code: str) -> Locale:
    """Return in which language somebody who speaks `code` gets what is written, as of today."""
    found = SPOKEN.held(local_day(now()), code)
    return Locale.RO if found is None else found.written_in
