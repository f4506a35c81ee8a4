"""Why an offering was proposed or excluded, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from providers.directory.states import OfferingState
from providers.directory.views.lists import access, languages
from providers.referrals.services.match_filters import Finding
from providers.referrals.services.matching import Match, Reason
from reintegration.codelists.units import Unit
from reintegration.web.filters import day, money

Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Tag:
    """A short sentence on a pale ground."""

    text: str
    tone: str


def reason_tag(reason: Reason) -> Tag:
    """Return a ranking reason in words: moss speaks for it, gold against, grey neither."""
    tone = {1: "moss", 0: "grey", -1: "gold"}[reason.sign]
    return Tag(_REASONS[reason.code](reason.params), tone)


def finding_tag(finding: Finding) -> Tag:
    """Return what a filter found: clay excludes, gold asks for a check."""
    return Tag(_FINDINGS[finding.code](finding.params), "clay" if finding.excludes else "gold")


def tags_of(found: Match) -> list[Tag]:
    """Return what is to be asked and what speaks for or against, as tags."""
    return [
        *(finding_tag(finding) for finding in found.findings),
        *(reason_tag(reason) for reason in found.reasons if reason.code != "new_to_case"),
    ]


def exclusions_of(found: Match) -> list[Tag]:
    """Return every finding of an excluded candidate, as tags."""
    return [finding_tag(finding) for finding in found.findings]


def counterfactual(reason: Reason) -> str:
    """Return the sentence that says what would have to differ."""
    return _COUNTERFACTUALS[reason.code](reason.params)


_REASONS: dict[str, Words] = {
    "same_unit": lambda _p: _("In the same district"),
    "distance": lambda p: _("About %(km)s km away", km=p["km"]),
    "distance_unknown": lambda _p: _("Distance not known"),
    "place_confidential": lambda _p: _("Confidential place"),
    "starts_in_time": lambda _p: _("Can begin on the day"),
    "starts_late": lambda p: ngettext(
        "Can begin %(num)s day later", "Can begin %(num)s days later", p["days"]
    ),
    "language_first": lambda p: _("Speaks %(language)s", language=languages([p["language"]])),
    "language_other": lambda p: _("Speaks %(language)s", language=languages([p["language"]])),
    "language_interpreter": lambda _p: _("With an interpreter"),
    "language_unknown": lambda _p: _("Language to be asked"),
    "cheaper": lambda p: _("%(amount)s below the limit", amount=money(p["saved"])),
    "price": lambda p: _("%(amount)s for one", amount=money(p["price"])),
    "record": lambda p: _(
        "%(completed)s of %(total)s completed", completed=p["completed"], total=p["total"]
    ),
    "record_none": lambda _p: _("No experience yet"),
    "known_to_case": lambda _p: _("Has served this person"),
    "new_to_case": lambda _p: _("New to this person"),
}

_FINDINGS: dict[str, Words] = {
    "suspended": lambda _p: _("Suspended"),
    "not_vetted": lambda p: _("Not approved: %(state)s", state=_(OfferingState(p["state"]).label)),
    "vetting_ends": lambda p: _("Approval ends on %(day)s, before it begins", day=day(p["day"])),
    "vetting_ends_during": lambda p: _("Approval ends on %(day)s, on the way", day=day(p["day"])),
    "vetting_term_unknown": lambda _p: _("Ask until when it is approved"),
    "other_category": lambda _p: _("Another kind of service"),
    "other_people": lambda _p: _("This service is meant for other people"),
    "other_unit": lambda p: _("Counted by another unit: %(unit)s", unit=_(Unit(p["unit"]).label)),
    "place_excluded": lambda _p: _("Place ruled out for this person"),
    "place_unknown": lambda _p: _("Ask where it is: some places are ruled out"),
    "sex": lambda _p: _("Serves others"),
    "sex_unknown": lambda _p: _("Ask whether this person can be served"),
    "age": lambda p: _("For ages %(low)s to %(high)s", low=p["low"], high=p["high"]),
    "age_unknown": lambda p: _(
        "Ask the age: for %(low)s to %(high)s", low=p["low"], high=p["high"]
    ),
    "age_close": lambda p: _(
        "Check the age: for %(low)s to %(high)s", low=p["low"], high=p["high"]
    ),
    "no_children": lambda _p: _("Does not take children"),
    "language": lambda p: _("Speaks only %(languages)s", languages=languages(p["languages"])),
    "language_unknown": lambda _p: _("Ask which languages are spoken"),
    "access": lambda p: _("Does not have: %(needs)s", needs=access(p["needs"])),
    "access_unknown": lambda p: _("Ask about: %(needs)s", needs=access(p["needs"])),
    "full": lambda _p: _("No free place"),
    "capacity_unknown": lambda _p: _("Ask whether there is a place"),
    "too_dear": lambda p: _("Costs %(price)s, above the limit", price=money(p["price"])),
    "other_currency": lambda p: _("Priced in %(currency)s", currency=p["currency"]),
}

_COUNTERFACTUALS: dict[str, Words] = {
    "would_match_price": lambda p: _(
        "Would match if the price limit were %(amount)s higher.", amount=money(p["amount"])
    ),
    "would_match_full": lambda _p: _("Would match with one more free place."),
    "would_match_language": lambda _p: _("Would match with an interpreter."),
    "would_match_vetting_ends": lambda _p: _("Would match once its approval is renewed."),
    "would_match_suspended": lambda _p: _("Would match if the suspension were lifted."),
    "would_match_not_vetted": lambda _p: _("Would match once it is approved."),
}
