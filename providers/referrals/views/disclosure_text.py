"""What a provider is told, field by field, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from providers.directory.views.lists import access, languages
from providers.referrals.views.match_text import Words
from reintegration.cases.states import ContactChannel
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import dates
from reintegration.kernel.money_columns import money_in
from reintegration.web.counting import counted
from reintegration.web.filters import day, money


def disclosure_rows(disclosure: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a provider reads: made from the receipt and from nothing else.

    The preview of the case manager and the page of the provider both show these rows. A field
    that was not disclosed has no row.
    """
    rows = [(label(), words(disclosure)) for field, label, words in _SHOWN if disclosure.get(field)]
    return [{"key": key, "value": value} for key, value in rows]


def _contact(told: Mapping[str, Any]) -> str:
    """Say how the person is reached: a provider has no number, and the case manager does it."""
    channel = ContactChannel(told["contact_channel"])
    if channel is ContactChannel.NONE:
        return str(_(channel.label))
    hours = told.get("contact_hours")
    how = f"{_(channel.label)}, {hours}" if hours else _(channel.label)
    return str(_("Through the case manager, as was agreed with the person: %(how)s", how=how))


_SHOWN: tuple[tuple[str, Callable[[], str], Words], ...] = (
    ("pseudonym", lambda: _("Person"), lambda told: told["pseudonym"]),
    ("service", lambda: _("Service"), lambda told: told["service"]),
    ("category", lambda: _("Kind"), lambda told: ServiceCategory.stored(told["category"]).label),
    ("units", lambda: _("How many"), lambda told: counted(told["units"], told["unit"])),
    ("price_minor", lambda: _("Price of one unit"), lambda told: money(money_in(told, "price"))),
    ("starts_on", lambda: _("From"), lambda told: day(dates.machine(told["starts_on"]))),
    ("place", lambda: _("Place"), lambda told: told["place"]),
    ("language", lambda: _("Language"), lambda told: languages([told["language"]])),
    ("access_needs", lambda: _("Needs at the place"), lambda told: access(told["access_needs"])),
    (
        "children",
        lambda: _("Children who come along"),
        lambda told: ngettext("%(num)s child", "%(num)s children", told["children"]),
    ),
    ("contact_channel", lambda: _("Being in touch"), _contact),
    ("note", lambda: _("Note"), lambda told: told["note"]),
)
